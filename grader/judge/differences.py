"""Whether right values have the precision of formulas, or that of finite differences."""

from collections.abc import Sequence
from statistics import median

import torch

from grader.assignment.tolerance import FACTOR, FLOOR, PRECISION
from grader.judge.gradient import Trial

DOUBLE = torch.finfo(torch.float64).eps
LEAST = 2e-13
"""Central differences in double precision err by more than that, and by less than 1e-4."""
ROOM = 100
"""So many times the rounding of double precision, for the conditioning of the stage, is no finite difference yet."""
REASON = (
    "The values look like finite differences: they are right, but to fewer digits than a formula in float64 gives. "
    "Computing in float32 looks the same."
)


def look_like_differences(trials: Sequence[Trial]) -> bool:
    """Whether right answers in float64 err by more than rounding on most probes."""
    errors = [trial.comparison.error for trial in trials if trial.comparison and trial.comparison.error is not None]
    if len(errors) < len(trials) or any(note.code == "dtype" for trial in trials for note in trial.answer.notes):
        return False
    return median(error - _rounding(trial) for error, trial in zip(errors, trials, strict=True)) > 0


def _rounding(trial: Trial) -> float:
    """What rounding in double precision may do: as it does in single precision, in proportion."""
    conditioning = (trial.expectation.tolerance - FLOOR) / (FACTOR * PRECISION)
    return LEAST + ROOM * conditioning * DOUBLE
