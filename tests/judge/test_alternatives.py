"""No right answer fails: whole solutions in other styles pass every stage, with room to spare, whatever the seed."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

from grader.assignment import Assignment
from grader.border import Source
from grader.result import ProbeResult, StageResult
from grader.run.exam import Examination, examine
from grader.run.grade import grade_submission
from grader.run.request import select
from grader.sandbox.ours import Sandbox
from grader.submission import Submission
from helpers.places import ALTERNATIVES, GRADIENTS

SEEDS = [f"alternatives {number}" for number in range(24)]
QUICK, FEW = SEEDS[:2], SEEDS[:4]
SLOW = "python_loops"
"""Takes seconds for each seed, so it is tried on few only."""
ROOM = 0.5
"""No correct answer may come nearer to the tolerance than this share of it."""


@dataclass(frozen=True)
class Measured:
    """One stage of one alternative on one probe."""

    alternative: str
    seed: str
    stage: StageResult
    probe: ProbeResult

    @property
    def share(self) -> float:
        """The error as a share of the tolerance."""
        return float("inf") if self.probe.error is None else self.probe.error / self.probe.tolerance

    @property
    def fine(self) -> bool:
        return self.stage.verdict in ("exact", "approximate") and self.probe.passed and self.share <= ROOM

    def __str__(self) -> str:
        stage, probe = self.stage, self.probe
        return (
            f"{self.alternative}, seed {self.seed!r}, {stage.name} ({stage.verdict}) on {probe.name!r}: "
            f"error {probe.error}, tolerance {probe.tolerance:.3g}, share {self.share:.3g}. {stage.message}"
        )


@pytest.fixture(scope="module")
def examinations(assignment) -> list[Examination]:
    return [draw(assignment, seed) for seed in QUICK]


@pytest.mark.parametrize("path", ALTERNATIVES, ids=lambda path: path.stem)
def test_every_stage_of_an_alternative_passes_without_a_warning_or_a_suspicion(path, examinations, sandbox):
    for examination in examinations:
        measured = measure(path, examination, sandbox)
        assert len({each.stage.name for each in measured}) == 28
        assert not complaints(measured)
        for each in measured:
            assert not each.stage.warnings, f"{each.stage.name}: {each.stage.warnings}"
            assert each.stage.integrity.status == "clean", f"{each.stage.name}: {each.stage.integrity}"


def test_there_are_alternatives_in_a_dozen_styles():
    assert len(ALTERNATIVES) >= 12


@pytest.mark.slow
@pytest.mark.parametrize("start", range(0, len(SEEDS), 6))
def test_every_alternative_passes_for_many_seeds(start, assignment, sandbox):
    worst: dict[str, Measured] = {}
    failing: list[str] = []
    for seed in SEEDS[start : start + 6]:
        examination = draw(assignment, seed)
        for path in (path for path in ALTERNATIVES if path.stem != SLOW or seed in FEW):
            measured = measure(path, examination, sandbox)
            failing += complaints(measured)
            worst[path.stem] = max((*measured, worst.get(path.stem, measured[0])), key=lambda each: each.share)
    print("\nThe largest share of the tolerance that each alternative needs:", *worst.values(), sep="\n")
    assert not failing, "\n".join(failing)


def draw(assignment: Assignment, seed: str) -> Examination:
    return examine(assignment, frozenset().union(*(select(assignment, name) for name in GRADIENTS)), seed=seed)


def measure(path: Path, examination: Examination, sandbox: Sandbox) -> list[Measured]:
    source = Source(path.name, path.read_text(encoding="utf-8"))
    submission = Submission(path.stem, path, (source,), (), {})
    result = grade_submission(submission, examination, sandbox).result
    assert not result.submission.problems
    return [Measured(path.stem, examination.seed, stage, probe) for stage in result.stages for probe in stage.probes]


def complaints(measured: Sequence[Measured]) -> list[str]:
    return [str(each) for each in measured if not each.fine]
