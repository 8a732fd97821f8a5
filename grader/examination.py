"""What a run asks of every submission: an assignment with its probes drawn from one seed."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import torch

from grader.assignment.assignment import Assignment, Exercise, Stage
from grader.assignment.dataset import load_dataset
from grader.assignment.probes import Probe, course_start, make_probes
from grader.sandbox.messages import Wanted, WantedStage
from grader.sandbox.offers import Offers


@dataclass(frozen=True)
class Examination:
    """An assignment with its probes drawn. `selected` are the names of the stages that are graded."""

    assignment: Assignment
    probes: Mapping[str, tuple[Probe, ...]]
    selected: frozenset[str]
    seed: str

    @property
    def exercises(self) -> list[Exercise]:
        """The exercises with a selected stage."""
        return [exercise for exercise in self.assignment.exercises if exercise.name in self.probes]

    @cached_property
    def wanted(self) -> Wanted:
        """What to look for in a submission: every stage of the assignment."""
        exercises = self.assignment.exercises
        stages = [
            WantedStage(stage.name, stage.also, number, tuple(self._names_offered(exercise, stage)))
            for number, exercise in enumerate(exercises)
            for stage in exercise.stages
        ]
        return Wanted(tuple(stages), tuple(exercise.heading for exercise in exercises), self.assignment.elsewhere)

    def _names_offered(self, exercise: Exercise, stage: Stage) -> list[str]:
        assignment = self.assignment
        upstream = [assignment.gradient_name(name) for name in exercise.consumers(stage.tensor)]
        return [*assignment.sizes, *assignment.inputs.targets, *exercise.script.targets, *upstream]

    @cached_property
    def offers(self) -> dict[str, Offers]:
        """What each stage may ask for, by the stage's name."""
        return {
            stage.name: Offers([probe.offer(stage) for probe in self.probes[exercise.name]])
            for exercise in self.exercises
            for stage in exercise.stages
        }


def examine(
    assignment: Assignment, selected: frozenset[str], *, names: Path | None = None, seed: str | None = None
) -> Examination:
    """Draw the probes of a run.

    Args:
        assignment: what is graded.
        selected: the stages to grade, by name.
        names: a file of names to use in place of the assignment's data set.
        seed: draws the hidden probes; a fresh secret one by default.

    Raises:
        UnreadableNames: the file of names is not one.
        AssignmentError: the assignment's recipes give no usable probe.
    """
    torch.set_num_threads(1)
    seed = secrets.token_hex(16) if seed is None else seed
    course = course_start(assignment, load_dataset(assignment, names))
    asked = [e for e in assignment.exercises if any(stage.name in selected for stage in e.stages)]
    probes = {exercise.name: make_probes(assignment, exercise, course, seed) for exercise in asked}
    return Examination(assignment, probes, selected, seed)
