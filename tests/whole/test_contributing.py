"""The seven steps of CONTRIBUTING.md, followed to the letter."""

import re
import textwrap
from pathlib import Path

import pytest

from grader.cli.main import run
from helpers.places import ROOT

TEXT = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
BLOCK = r"((?:    .*\n|\n)+)"


def steps():
    """What there is to do, in order: files to write, as their name and text, and commands."""
    for found in re.finditer(rf"^`([\w./]+)`[^\n]*:\n\n{BLOCK}|^    \$ grade (.+)$", TEXT, re.MULTILINE):
        name, body, command = found.groups()
        yield (name, textwrap.dedent(body).strip() + "\n") if name else command
        yield from re.findall(r"\$ grade (.+)", body or "")


@pytest.mark.slow
def test_the_steps_make_an_assignment_that_holds(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    done = []
    for step in steps():
        if isinstance(step, str):
            assert run(step.split()) == 0, capsys.readouterr()
            done.append(capsys.readouterr().out)
            continue
        name, text = step
        text = "\n".join(line for line in text.splitlines() if not line.startswith("$")) + "\n"
        path = Path(name)
        path.parent.mkdir(parents=True, exist_ok=True)
        if path.name == "slips.toml":
            path = path.with_name("assignment.toml")
            text = path.read_text(encoding="utf-8") + text
        path.write_text(text, encoding="utf-8")
    assert len(re.findall(r"^\*\*\d\.", TEXT, re.MULTILINE)) == 7
    released, verified, with_slips = done
    assert "layer.py" in released and "No wrong edit passes." in verified
    named = [int(re.findall(r"^all .* (\d+)%$", out, re.MULTILINE)[0]) for out in (verified, with_slips)]
    assert named[1] >= named[0] > 40
    assert run(["slope/solutions", "--assignment", "slope", "--no-html"]) == 0
    assert run(["slope", "--assignment", "slope", "--no-html"]) == 1
