"""How people write who do nothing wrong: each file of `habits/` is right, and nobody has to look at any of it."""

from pathlib import Path

import pytest

from grader.border import Source
from grader.result import PASSED
from grader.submission import Submission
from helpers.corpus import FILE
from helpers.places import ROOT
from helpers.submissions import judged

HABITS = sorted((ROOT / "tests" / "habits").glob("*.py"))


@pytest.mark.parametrize("path", HABITS, ids=lambda path: path.stem)
def test_an_honest_habit_is_never_for_review(path, examination, sandbox):
    first, *others = FILE.split(path.read_text(encoding="utf-8"))
    sources = (Source("answers.py", first), *map(Source, others[::2], others[1::2]))
    stages = judged(Submission("student", Path("answers.py"), sources, (), {}), examination, sandbox)
    found = {name: stage for name, stage in stages.items() if stage.verdict != "missing"}
    assert found and {stage.verdict for stage in found.values()} <= PASSED
    assert {name: stage.integrity for name, stage in found.items() if stage.integrity.status != "clean"} == {}


def test_there_are_many_of_them():
    assert len(HABITS) >= 25
