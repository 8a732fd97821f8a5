"""What a run asks of every submission: an assignment with its probes drawn from one seed."""

import random
import secrets
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any

import torch

from grader.assignment.assignment import LOSS, Assignment, Exercise
from grader.assignment.dataset import Dataset, load_dataset
from grader.assignment.hidden_probes import make_probes
from grader.assignment.probes import Probe, Start, course_start, number_from
from grader.assignment.stage import Stage
from grader.assignment.tasks import Trials, offered_to
from grader.judge.why.local import Local
from grader.lazily import Lazily
from grader.sandbox.border.messages import STEP, Wanted, WantedStage, WantedTask, WantedTraining
from grader.sandbox.ours.offers import Offers

LATEST = 150_000
"""Of a training loop, a step as late as that may be asked for; loops that end earlier, at their last one."""


class Probes(Mapping[str, Sequence[Probe]]):
    """The probes of each exercise by its name, drawn when they are first wanted."""

    def __init__(self, assignment: Assignment, courses: Mapping[str, Start], seed: str) -> None:
        self._assignment, self._courses, self._seed = assignment, courses, seed
        self._drawn: dict[str, Sequence[Probe]] = {}

    def __getitem__(self, name: str) -> Sequence[Probe]:
        if name not in self._drawn:
            exercise = self._assignment.exercise(name)
            self._drawn[name] = make_probes(self._assignment, exercise, self._courses[name], self._seed)
        return self._drawn[name]

    def __contains__(self, name: object) -> bool:
        return name in self._courses

    def __iter__(self) -> Iterator[str]:
        return iter(self._courses)

    def __len__(self) -> int:
        return len(self._courses)


@dataclass(frozen=True)
class Examination:
    """An assignment with its probes. `selected` are the names of the stages that are graded."""

    assignment: Assignment
    probes: Mapping[str, Sequence[Probe]]
    selected: frozenset[str]
    seed: str
    trials: Mapping[str, Trials]
    """What the tasks of an exercise are tried on, by its name."""
    dataset: Dataset | None = None
    """What the course batch is drawn from."""

    @property
    def exercises(self) -> list[Exercise]:
        """The exercises with a selected stage."""
        drawn = [exercise for exercise in self.assignment.exercises if exercise.name in self.probes]
        return [each for each in drawn if any(stage.name in self.selected for stage in each.everything)]

    def narrowed(self, selected: frozenset[str]) -> "Examination":
        """The same probes for some of its stages alone; what is made of them is kept for all."""
        narrowed = replace(self, selected=selected)
        kept = ("_offers", "_names", "_locals", "wanted")
        vars(narrowed).update({name: getattr(self, name) for name in kept})
        return narrowed

    @cached_property
    def wanted(self) -> Wanted:
        """What to look for in a submission."""
        return wanted_of(self.assignment)

    def offers(self, exercise: Exercise, function: str) -> Offers:
        """What a function that answers stages may ask for."""
        if function not in self._offers:
            stage = exercise.together(function)[0]
            probes = self.probes[exercise.name]
            steps = self.steps(len(probes))

            def offer(place: int) -> dict[str, Any]:
                return probes[place].offer(stage) | ({STEP: steps[place]} if exercise.training else {})

            self._offers[function] = Offers(Lazily(len(probes), offer), hidden=range(1, len(probes)))
        return self._offers[function]

    def elements(self, exercise: Exercise, stages: Sequence[Stage]) -> Sequence[int]:
        """How many elements right answers to stages have, on one probe after the other."""
        probes = self.probes[exercise.name]

        def count(place: int) -> int:
            probe, stage = divmod(place, len(stages))
            return probes[probe].expected[stages[stage].name].gradient.numel()

        return Lazily(len(probes) * len(stages), count)

    def call_offers(self, exercise: Exercise, part: int) -> Offers:
        """What the lines of a call script read that is given; and what earlier parts were to bind."""
        key = f"{exercise.name} {part}"
        if key not in self._offers:
            lent = [probe.lent(part) for probe in self.probes[exercise.name]]
            self._offers[key] = Offers(lent, hidden=range(1, len(lent)))
        return self._offers[key]

    @cached_property
    def _offers(self) -> dict[str, Offers]:
        return {}

    def steps(self, count: int) -> list[int]:
        """The steps of its training loop that a flat submission is asked at: the first one, and others."""
        draw = random.Random(number_from(f"{self.seed}/steps"))
        return [0, *(draw.randrange(1, LATEST) for _ in range(count - 1))]

    def locals(self, exercise: Exercise, stage: Stage) -> list[Local]:
        """A stage on each of its probes, taken apart."""
        if stage.name not in self._locals:
            self._locals[stage.name] = [Local(stage, probe) for probe in self.probes[exercise.name]]
        return self._locals[stage.name]

    @cached_property
    def _locals(self) -> dict[str, list[Local]]:
        return {}

    def names_offered(self, exercise: Exercise, function: str) -> list[str]:
        """The names of what a function that answers stages may ask for."""
        if function not in self._names:
            self._names[function] = names_offered(self.assignment, exercise, exercise.together(function)[0])
        return self._names[function]

    @cached_property
    def _names(self) -> dict[str, list[str]]:
        return {}


def examine(
    assignment: Assignment, selected: frozenset[str], *, names: Path | None = None, seed: str | None = None
) -> Examination:
    """What a run asks. Its probes are drawn when they are first wanted; that raises an AssignmentError where the
    assignment's recipes give no usable one.

    Args:
        assignment: what is graded.
        selected: the stages to grade, by name.
        names: a file of names to use in place of the assignment's data set.
        seed: draws the hidden probes; a fresh secret one by default.

    Raises:
        UnreadableNames: the file of names is not one.
    """
    torch.set_num_threads(1)
    seed = secrets.token_hex(16) if seed is None else seed
    dataset = load_dataset(assignment, names)
    asked = [e for e in assignment.exercises if any(stage.name in selected for stage in e.everything)]
    usual = course_start(assignment, dataset)
    courses = {e.name: course_start(assignment, dataset, e) if e.sizes else usual for e in asked}
    tried = [e for e in asked if any(task.name in selected for task in e.tasks)]
    trials = {e.name: Trials(assignment, e, courses[e.name], dataset, seed) for e in tried if dataset}
    return Examination(assignment, Probes(assignment, courses, seed), selected, seed, trials, dataset)


def wanted_of(assignment: Assignment) -> Wanted:
    """What to look for in a submission: every stage of the assignment."""
    exercises = assignment.exercises
    variables = [
        WantedStage(
            stage.name,
            stage.also,
            number,
            tuple(names_offered(assignment, exercise, stage)),
            tuple(assignment.gradient_name(name) for name in exercise.consumers(stage.tensor) if name != LOSS),
            stage.tensor,
        )
        for number, exercise in enumerate(exercises)
        for stage in exercise.gradients
        if not stage.function
    ]
    asked: dict[str, Sequence[str]] = {}
    for exercise in exercises:
        written = exercise.calls.written if exercise.calls else ()
        asked |= dict.fromkeys(written, ())
        together = [stage for stage in exercise.stages if stage.function and not exercise.calls]
        asked |= {stage.function: names_offered(assignment, exercise, stage) for stage in together}
        asked |= {task.name: offered_to(assignment, exercise, task) for task in exercise.tasks}
    functions = [WantedStage(name, offered=tuple(offered), only_function=True) for name, offered in asked.items()]
    scripts = dict.fromkeys([assignment.inputs, *(exercise.script for exercise in exercises)])
    data = assignment.dataset
    names = [name for exercise in exercises for name in assignment.names(exercise)]
    gradients = [each for name in names for each in (name, assignment.gradient_name(name))]
    known = [*gradients, *assignment.stage_names]
    return Wanted(
        (*variables, *functions),
        headings=tuple(exercise.heading for exercise in exercises),
        headers=tuple(f"{assignment.name}/{exercise.name}" for exercise in exercises),
        elsewhere=assignment.elsewhere,
        lines=tuple(source for script in scripts for source in script.sources),
        known=tuple(dict.fromkeys([*known, *([data.inputs, data.outputs] if data else [])])),
        leaves=(*assignment.sizes, *assignment.inputs.targets),
        sizes=tuple(assignment.sizes),
        gradient=assignment.gradient_pattern,
        arrays=assignment.arrays,
        training=next((_training(assignment, *each) for each in enumerate(exercises) if each[1].training), None),
    )


def _training(assignment: Assignment, number: int, exercise: Exercise) -> WantedTraining:
    """What to look for in place of the functions of a training exercise."""
    training = exercise.training
    assert training and assignment.dataset
    first = exercise.stages[0]
    tasks = [
        WantedTask(
            task.name,
            task.kind,
            tuple(offered_to(assignment, exercise, task)),
            task.returns,
            {name: tuple(others) for name, others in task.variables.items()},
            {line.target: line.method for line in task.script.lines if line.target in task.returns},
            task.functions,
        )
        for task in exercise.tasks
    ]
    return WantedTraining(
        number,
        first.asked,
        {stage.tensor: stage.gradient for stage in exercise.stages},
        tuple(names_offered(assignment, exercise, first)),
        tuple(tasks),
        (training.split, (assignment.dataset.inputs, assignment.dataset.outputs), *training.splits),
        ((training.vocabulary, *training.by_number), training.by_character),
    )


def names_offered(assignment: Assignment, exercise: Exercise, stage: Stage) -> list[str]:
    """The names of what a stage may ask for."""
    upstream = [assignment.gradient_name(name) for name in exercise.upstream_of(stage.asked)]
    return [*assignment.names(exercise), *upstream]
