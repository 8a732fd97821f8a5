"""What stages add up to."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Literal

from grader.marks.rounding import added, exact_sum, two_decimals
from grader.result import ExerciseResult, Points, Result, StageResult


def exercise_result(name: str, title: str, stages: list[StageResult]) -> ExerciseResult:
    """The stages of an exercise, and their points."""
    return ExerciseResult(name, title, total(stages), worth(stages), stages)


def total(stages: Sequence[StageResult]) -> float | None:
    """The exact sum of the scores as decimals, rounded once; None where a stage could not be judged."""
    scores = [stage.score for stage in stages if stage.score is not None]
    return float(two_decimals(exact_sum(scores))) if len(scores) == len(stages) else None


def worth(stages: Sequence[StageResult]) -> Points:
    """The exact sum of what they are worth, without any bonus."""
    return added(stage.max_score for stage in stages if not stage.bonus)


def status(stages: Sequence[StageResult]) -> Literal["graded", "partly", "ungraded"]:
    """Whether all could be judged."""
    ungraded = sum(stage.verdict == "ungraded" for stage in stages)
    if not ungraded:
        return "graded"
    return "ungraded" if ungraded == len(stages) else "partly"


def updated(result: Result, stages: Iterable[StageResult]) -> Result:
    """A result with these judgements in the place of others, and the score they make."""
    new = {stage.name: stage for stage in stages}
    exercises = [
        exercise_result(old.name, old.title, [new.get(stage.name, stage) for stage in old.stages])
        for old in result.exercises
    ]
    everything = [stage for each in exercises for stage in each.stages]
    return replace(result, exercises=exercises, score=total(everything), status=status(everything))
