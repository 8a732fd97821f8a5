"""No text of a student is obeyed, whatever shows it: by a terminal, or by a service that reads a log."""

import ast
import random
import re

import pytest

from grader.report import safe
from helpers.hostile_texts import CONTROLS, EVERYWHERE
from helpers.places import ROOT
from helpers.runner import commands

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


def obeyed(shown):
    """What a terminal or a service would act on."""
    lines = shown.splitlines()
    yield from (character for character in shown if character in CONTROLS)
    yield from commands(shown)
    yield from (line for line in lines if re.match(r"\s*::", line))
    yield from re.findall(r"##(?:vso)?\[|\[\[attachment\|", shown, flags=re.IGNORECASE)


@pytest.mark.parametrize("rendering", RENDERINGS)
@pytest.mark.parametrize("name", EVERYWHERE)
def test_a_hostile_text_is_shown_and_not_obeyed(name, rendering):
    assert not list(obeyed(RENDERINGS[rendering](EVERYWHERE[name])))


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


def test_no_other_module_makes_text_safe_in_a_way_of_its_own():
    """Patterns of control characters and of commands stand in one module."""
    marks = re.compile(r"\\x1b|\\x00|\\u202|##|::error|vso|\[ATT", re.IGNORECASE)
    for path in (ROOT / "grader").rglob("*.py"):
        if path.name != "safe.py":
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.Call) and ast.unparse(node.func) in ("re.compile", "re.sub", "str.translate"):
                    assert not marks.search(ast.unparse(node)), f"{path}:{node.lineno}"
