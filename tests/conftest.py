"""What the tests share: one warm sandbox, one examination of NameWeave, and a short way to grade text."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from grader.assignment import Assignment, load_assignment
from grader.border import Source
from grader.result import Result, StageResult
from grader.run.exam import Examination, examine
from grader.run.grade import grade_submission
from grader.run.request import select
from grader.sandbox.ours import Limits, Sandbox
from grader.submission import Submission, read_submission
from helpers.chromium import CHROMIUM, QUIET
from helpers.places import GRADIENTS, SOLUTIONS

GradeText = Callable[..., dict[str, StageResult]]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What may take longest comes first, or one worker would be at it when the others are done."""
    items.sort(key=lambda item: item.get_closest_marker("timeout") is None)


@pytest.fixture(scope="session")
def assignment() -> Assignment:
    return load_assignment("nameweave")


@pytest.fixture(scope="session")
def sandbox() -> Iterator[Sandbox]:
    """One zygote for the whole session, with limits short enough for tests of endless loops."""
    with Sandbox(Limits(cpu=2.0, wall=20.0)) as sandbox:
        yield sandbox


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
    texts = [path.read_text(encoding="utf-8") for path in sorted(SOLUTIONS.glob("ex[123]*.py"))]
    return "\n".join(line for text in texts for line in text.splitlines() if not line.startswith("# grade:")) + "\n"


@pytest.fixture(scope="session")
def grade_folder(examination: Examination, sandbox: Sandbox) -> Callable[[Path], Result]:
    """Grade what is at a path."""
    return lambda path: grade_submission(read_submission(path), examination, sandbox).result


@pytest.fixture(scope="session")
def grade_text(examination: Examination, sandbox: Sandbox) -> GradeText:
    """Grade one file given as text (and others by name), and give the stages by name."""

    def grade(text: str, **others: str) -> dict[str, StageResult]:
        sources = (Source("answers.py", text), *(Source(f"{name}.py", other) for name, other in others.items()))
        submission = Submission("student", Path("answers.py"), sources, (), {})
        return {stage.name: stage for stage in grade_submission(submission, examination, sandbox).result.stages}

    return grade


@pytest.fixture(scope="module")
def browser():
    """Chromium, once for each file of tests; they skip where there is none."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET, chromium_sandbox=False)
        yield browser
        browser.close()
