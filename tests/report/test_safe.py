"""No text of a student is obeyed, whatever shows it: by a terminal, or by a service that reads a log."""

import ast
import io
import random
import re
from datetime import UTC, datetime

import pytest
from rich.console import Console

from grader.pytest_plugin.message import failure_text, warnings_text
from grader.report import safe
from grader.report.export.export import Given
from grader.report.export.formats import FORMATS
from grader.report.export.github import ANNOTATIONS, OUTPUT, annotations
from grader.report.export.gradebook import gradebook
from grader.report.json import to_json
from grader.report.safe.html import cleaned, prose
from grader.report.terminal import show
from helpers.hostile_texts import EVERYWHERE
from helpers.obeyed import acting, obeyed
from helpers.places import ROOT
from helpers.results import a_hostile_result

PIECES = (
    *(
        "::",
        "error",
        "::error::x",
        "##",
        "[",
        "##[",
        "##vso[",
        "##VSO[task.complete]",
        "[[ATTACHMENT|",
        "[[attachment|x]]",
    ),
    *(
        "\n",
        "\r",
        "\r\n",
        "\u2028",
        "\x85",
        "\x0b",
        " ",
        "\t",
        "\u00a0",
        "\x1b[2J",
        "\x1b]0;",
        "\x07",
        "\u202e",
        "\x00",
    ),
    *(
        "section_start:1:x\r\x1b[0K",
        "#",
        ":",
        "a",
        "é",
        "\u0301",
        "\ud800",
        "\ufeff",
        "stop-commands",
        "::stop-commands::",
    ),
)
RENDERINGS = {
    "log": safe.logged,
    "text for other tools": safe.plain,
    "one line": safe.one_line,
    "a line of the terminal": lambda text: safe.unobeyed(safe.on_its_line(text)),
}


@pytest.mark.parametrize("rendering", RENDERINGS)
def test_a_hostile_text_is_shown_and_not_obeyed(rendering):
    show_it = RENDERINGS[rendering]
    assert [name for name, text in EVERYWHERE.items() if list(obeyed(show_it(text)))] == []


@pytest.mark.parametrize("rendering", RENDERINGS)
def test_neither_is_any_mixture_of_their_pieces(rendering):
    draw = random.Random(rendering)
    for _ in range(5_000):
        text = "".join(draw.choices(PIECES, k=draw.randrange(1, 9)))
        assert not list(obeyed(RENDERINGS[rendering](text))), repr(text)


def test_the_oracle_knows_what_is_obeyed():
    for text in ("::error::x", "a\n  ::error::x", "##vso[task.complete]", "x ##[error]", "[[ATTACHMENT|a]]", "\x1b[2J"):
        assert list(obeyed(text)), text


def test_what_stays_on_its_line_is_one_line():
    draw = random.Random(0)
    for _ in range(2_000):
        text = "".join(draw.choices(PIECES, k=6))
        assert len(safe.on_its_line(text).splitlines()) <= 1 and len(safe.one_line(text).splitlines()) <= 1


def in_terminal(result):
    out = io.StringIO()
    show(result, Console(file=out, width=120, highlight=False), explain=True)
    return out.getvalue()


def in_pytest(result):
    return "\n".join(f"{failure_text(s, result.submission.problems)}\n{warnings_text(s)}" for s in result.stages)


GIVEN = Given(datetime(2026, 3, 1, tzinfo=UTC), {})


def exported(name):
    def rendering(result):
        files = FORMATS[name].render([result], GIVEN).files
        return "\n".join(data.decode() for file, data in files.items() if file not in (ANNOTATIONS, OUTPUT))

    return rendering


SHORT = [name for name, text in EVERYWHERE.items() if len(text) < 100_000]
WHOLE = {
    "the terminal": in_terminal,
    "pytest": in_pytest,
    "the gradebook": lambda result: gradebook([result]),
    "the table of results": exported("csv"),
    "JUnit": exported("junit"),
    "Gradescope": exported("gradescope"),
    "Markdown": exported("github"),
}


@pytest.mark.parametrize("rendering", WHOLE)
def test_no_rendering_of_a_result_is_obeyed(rendering):
    show_it = WHOLE[rendering]
    assert [name for name in SHORT if list(obeyed(show_it(a_hostile_result(EVERYWHERE[name]))))] == []


def test_the_log_of_github_obeys_our_commands_only():
    shown = {name: "\n".join(annotations([a_hostile_result(text)])) for name, text in EVERYWHERE.items()}
    assert [name for name, log in shown.items() if list(obeyed(log, ours=["error"]))] == []


def test_nothing_acts_in_json_or_html():
    for name, text in EVERYWHERE.items():
        result = a_hostile_result(text)
        for shown in (to_json(result).decode(), str(prose(text, 4_000)), str(cleaned(text[:10_000]))):
            assert not acting(shown), name


SAFE = ROOT / "grader" / "report" / "safe"
ENCODES = {"submission/submission.py", "submission/notebook.py", "sandbox/theirs/faults.py", "report/json.py"}
"""Where halves of characters are written out, so that a text can be encoded at all: before it is shown to anyone."""
OWN_WAYS = {"bleach", "html", "xml.sax.saxutils", "shlex", "cgi"}


def test_no_other_module_makes_text_safe_in_a_way_of_its_own():
    """Patterns of control characters and of commands stand in one room, and what escapes is used there alone."""
    marks = re.compile(r"\\x1b|\\x00|\\u202|##|::error|vso|\[ATT|=\+", re.IGNORECASE)
    for path in (ROOT / "grader").rglob("*.py"):
        if not path.is_relative_to(SAFE):
            text = path.read_text(encoding="utf-8")
            assert "unicode_escape" not in text and not re.search(r"\bescape\(", text.replace("re.escape(", "")), path
            assert ("backslashreplace" in text) == (path.relative_to(ROOT / "grader").as_posix() in ENCODES), path
            for node in ast.walk(ast.parse(text)):
                if isinstance(node, ast.ImportFrom | ast.Import):
                    names = {getattr(node, "module", ""), *(each.name for each in node.names)}
                    assert not names & OWN_WAYS, path
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.Call) and ast.unparse(node.func) in ("re.compile", "re.sub", "str.translate"):
                    assert not marks.search(ast.unparse(node)), f"{path}:{node.lineno}"
