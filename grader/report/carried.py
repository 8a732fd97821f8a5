"""Errors that are carried: a gradient that is right by itself is off where what it is fed is off."""

from collections.abc import Iterable
from dataclasses import dataclass

from grader.assignment.assignment import Exercise
from grader.report.verdicts import state_of
from grader.result import PASSED, StageResult


@dataclass(frozen=True)
class Carried:
    """How errors go when every stage is fed the student's own gradients, all the way from the loss.

    `off` are the stages whose gradient is off then; `origins` are those of them that are right by themselves, each with
    the stages whose own error arrives there.
    """

    off: frozenset[str]
    origins: dict[str, list[str]]

    def state(self, stage: StageResult) -> str:
        """Which of the states a stage is in."""
        return "carried" if stage.name in self.origins else state_of(stage)


def follow(exercise: Exercise, stages: Iterable[StageResult]) -> Carried:
    """Follow the errors of the stages of an exercise.

    A gradient comes back from the tensors that a tensor feeds into. A stage is not tried on the student's own gradients
    where one of them is not to be had; it is off all the same if an error arrives. A task is fed all gradients.
    """
    stages = list(stages)
    judged = {stage.tensor: stage for stage in stages if stage.tensor}
    off: set[str] = set()
    arriving: dict[str, list[str]] = {}
    for asked in exercise.asking_order:
        stage = judged.get(asked.tensor)
        if stage is None:
            continue
        above = [judged[user] for user in exercise.consumers(asked.tensor) if user in judged]
        origins = [name for each in above if each.name in off for name in arriving.get(each.name, [each.name])]
        if state_of(stage) == "wrong" and _is_off(stage, by_default=True):
            off.add(stage.name)
        elif stage.passed and _is_off(stage, by_default=bool(origins)):
            off.add(stage.name)
            arriving[stage.name] = list(dict.fromkeys(origins))
    for task in stages:
        if not task.tensor and task.passed and _is_off(task, by_default=False):
            arriving[task.name] = [stage.name for stage in judged.values() if state_of(stage) == "wrong"]
    return Carried(frozenset(off), arriving)


def _is_off(stage: StageResult, *, by_default: bool) -> bool:
    return by_default if stage.chained is None else stage.chained.verdict not in PASSED
