"""What the tests share: one warm sandbox, one examination of NameWeave, and a short way to grade text."""

import signal
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from grader.assignment import Assignment, load_assignment
from grader.result import Result, StageResult
from grader.run import locate_slip
from grader.run.exam import Examination, examine
from grader.run.grade import grade_submission
from grader.run.request import select
from grader.sandbox.ours import Limits, Sandbox
from grader.submission import read_submission
from helpers.places import GRADIENTS
from helpers.solution import ONE_BY_ONE
from helpers.submissions import judged, submission_of, verdicts_of, without_search

if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:  # a shell's background job ignores it, and so would its children
    signal.signal(signal.SIGINT, signal.default_int_handler)

SOME = frozenset({"dLogProbabilities", "dProbabilities", "dCounts", "dNormalizedLogits", "dLogits", "dLogitsFast"})
"""Stages asked before `dCounts` and after it, of two exercises: enough to see that a fault stays where it is."""

GradeText = Callable[..., dict[str, StageResult]]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What may take longest comes first, or one worker would be at it when the others are done."""
    items.sort(key=lambda item: item.get_closest_marker("timeout") is None)


@pytest.fixture(scope="session", autouse=True)
def no_hints_are_remembered() -> Iterator[None]:
    """No test writes where a user's programs keep what they remember, and the first hint is always the next one."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_STATE_HOME", str(Path(__file__).resolve() / "no folder"))
        yield


@pytest.fixture(scope="session")
def assignment() -> Assignment:
    return load_assignment("nameweave")


@pytest.fixture(scope="session")
def sandbox() -> Iterator[Sandbox]:
    """One zygote for the whole session, with limits short enough for tests of endless loops."""
    with Sandbox(Limits(cpu=2.0, wall=20.0)) as sandbox:
        yield sandbox


@pytest.fixture
def short_search(monkeypatch: pytest.MonkeyPatch) -> None:
    """Lines are run with the first edits, as those of anybody are, and not with thousands of them."""
    monkeypatch.setattr(locate_slip, "BATCHES", locate_slip.BATCHES[:2])
    monkeypatch.setattr(locate_slip, "FIRSTS", 1)


@pytest.fixture
def warm(sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    """Commands that are run in this process find a sandbox that is there already."""

    class Warm(Sandbox):
        isolation = sandbox.isolation

        def __init__(self, limits: Limits | None = None, start: str = "zygote") -> None:
            self.limits, self.heed, self._children = limits or Limits(), sandbox.heed, sandbox._children

        def close(self) -> None:
            """It is needed for others."""

    monkeypatch.setattr("grader.sandbox.ours.Sandbox", Warm)


@pytest.fixture
def hasty(sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    """What never ends is ended sooner."""
    monkeypatch.setattr(sandbox, "limits", Limits(cpu=0.5, wall=20.0))


@pytest.fixture(scope="session")
def examination(assignment: Assignment) -> Examination:
    """The first three exercises; `tests/run/test_training.py` has the fourth."""
    return examine(assignment, frozenset().union(*(select(assignment, name) for name in GRADIENTS)), seed="tests")


@pytest.fixture(scope="session")
def training_examination(assignment: Assignment) -> Examination:
    """The fourth exercise."""
    return examine(assignment, select(assignment, "training"), seed="tests")


@pytest.fixture(scope="session")
def solution_text() -> str:
    """The solution of the first three exercises as one file, without header lines."""
    lines = [line for text in ONE_BY_ONE for line in text.splitlines() if not line.startswith("# grade:")]
    return "\n".join(lines) + "\n"


@pytest.fixture(scope="session")
def grade_folder(examination: Examination, sandbox: Sandbox) -> Callable[[Path], Result]:
    """Grade what is at a path."""
    return lambda path: grade_submission(read_submission(path), examination, sandbox).result


@pytest.fixture(scope="session")
def judge_folder(grade_folder: Callable[[Path], Result]) -> Callable[[Path], Result]:
    """As `grade_folder`, and no slip is looked for in the lines."""

    def judge(path: Path) -> Result:
        with without_search():
            return grade_folder(path)

    return judge


@pytest.fixture(scope="session")
def grade_text(examination: Examination, sandbox: Sandbox) -> GradeText:
    """Grade one file given as text (and others by name), and give the stages by name."""

    def grade(text: str, **others: str) -> dict[str, StageResult]:
        return judged(submission_of(text, **others), examination, sandbox)

    return grade


@pytest.fixture(scope="session")
def judge_text(examination: Examination, sandbox: Sandbox) -> GradeText:
    """As `grade_text`, and no slip is looked for in the lines."""
    return lambda text, **others: verdicts_of(submission_of(text, **others), examination, sandbox)


@pytest.fixture(scope="session")
def grade_some(assignment: Assignment, sandbox: Sandbox) -> GradeText:
    """As `grade_text`, for `SOME` of the stages."""
    some = examine(assignment, SOME, seed="some stages")
    return lambda text: judged(submission_of(text), some, sandbox)


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder, in which the test runs."""
    monkeypatch.chdir(tmp_path)
    return tmp_path
