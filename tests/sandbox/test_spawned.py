"""Where there is no fork: a new process for each submission, with the same border, and a word on what is missing."""

import sys

import pytest

from grader.result import Result
from grader.run.exam import examine
from grader.run.grade import grade_submission
from grader.sandbox.ours import Limits, Sandbox
from grader.submission import read_submission
from helpers.places import MISTAKES, SOLUTIONS
from helpers.solution import EVERY_EXPRESSION
from helpers.submissions import stages_of, without_search

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def spawning():
    with Sandbox(Limits(cpu=2.0, wall=20.0), start="spawn") as sandbox:
        yield sandbox


@pytest.fixture
def grade_spawned(spawning, examination):
    def grade(path, examined=examination):
        with without_search():
            return grade_submission(read_submission(path), examined, spawning).result

    return grade


@pytest.fixture
def some(assignment):
    return examine(assignment, frozenset({"dProbabilities", "dCounts", "dNormalizedLogits", "dLogits"}), seed="spawned")


def verdicts(result: Result) -> dict[str, str]:
    """By stage; the last bit of a sum may depend on where in memory it was made."""
    return {stage.name: "exact" if stage.verdict == "approximate" else stage.verdict for stage in result.stages}


def test_it_judges_as_ever(grade_spawned, judge_folder):
    for folder in (SOLUTIONS, MISTAKES):
        assert verdicts(grade_spawned(folder)) == verdicts(judge_folder(folder))


def test_a_death_or_a_loop_costs_its_stage(grade_spawned, some, tmp_path):
    broken = "\n\ndef dCounts():\n    import os\n    os._exit(3)\n\n\ndef dLogits():\n    while True:\n        pass\n"
    (tmp_path / "ex2.py").write_text(EVERY_EXPRESSION + broken, encoding="utf-8")
    stages = stages_of(grade_spawned(tmp_path, some))
    assert stages["dCounts"].verdict == "error" and "exit status 3" in stages["dCounts"].message
    assert stages["dLogits"].verdict == "timeout"
    assert stages["dProbabilities"].passed and stages["dNormalizedLogits"].passed


def test_what_it_prints_is_shown_and_touches_no_frame(grade_spawned, some, tmp_path):
    (tmp_path / "x.py").write_text(
        "import os, sys\ndef dCounts():\n    print('out')\n    print('err', file=sys.stderr)\n"
        "    os.write(1, b'raw')\n    sys.stdin.read()\n    return None\n",
        encoding="utf-8",
    )
    (stage,) = [stage for stage in grade_spawned(tmp_path, some).stages if stage.name == "dCounts"]
    assert stage.verdict == "error" and "None" in stage.message
    assert {"out", "err", "raw"} <= set(stage.printed.replace("raw", "\nraw\n").split())


@pytest.mark.skipif(sys.platform != "linux", reason="the protections are those of Linux")
def test_a_started_process_is_confined_as_a_forked_one(spawning, sandbox):
    assert spawning.isolation == sandbox.isolation
