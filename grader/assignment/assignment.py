"""The nouns of an assignment: what its folder says, and what follows from its forward scripts. Needs no torch."""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Literal

from grader.assignment.calls import CallScript
from grader.assignment.rename import Renaming
from grader.assignment.script import Script
from grader.assignment.stage import Slip, Stage, Task, Training
from grader.errors import UnknownName, folded

LOSS = "loss"


@dataclass(frozen=True)
class Size:
    """A size by name: what it is in the course (None: the data set decides), and the range for the hidden probes."""

    course: int | None
    low: int
    high: int


@dataclass(frozen=True)
class ProbeRecipe:
    """How one hidden probe is drawn. `kind` is `consistent` or `arbitrary`; `scale` multiplies input tensors."""

    name: str
    kind: Literal["consistent", "arbitrary"]
    scale: dict[str, float]
    steps: int = 0
    """Of training, before the probe is taken."""


@dataclass(frozen=True)
class DatasetUse:
    """The data set of an assignment, and what its scripts call the things that come from it."""

    file: Path
    shuffle_seed: int
    context: str
    vocabulary: str
    inputs: str
    outputs: str
    lowercase: bool = False
    """The names are taken in lower case."""


@dataclass(frozen=True)
class Exercise:
    """One part of an assignment: a forward script, and the stages asked of it."""

    name: str
    title: str
    script: Script
    stub: str
    stages: tuple[Stage, ...]
    extra_cuts: tuple[str, ...]
    heading: str = ""
    """A regular expression for the headings and comments that begin it in a notebook."""
    text: str = ""
    """What a notebook says of it, in Markdown."""
    recipes: tuple[ProbeRecipe, ...] = ()
    """Its own, in place of the assignment's."""
    sizes: Mapping[str, int] = field(default_factory=dict)
    """Of its course batch, where they differ from the assignment's."""
    slips: tuple[Slip, ...] = ()
    """Known slips in any of its stages."""
    tasks: tuple[Task, ...] = ()
    training: Training | None = None
    calls: CallScript | None = None
    """How a submission is used, where that is not a function for each gradient."""
    given: tuple[str, ...] = ()
    """What of its solution stands in the stub as well: functions, classes, methods as `Class.method`."""
    outputs: tuple[str, ...] = (LOSS,)
    """The tensors its backward pass begins at."""
    ties: Literal["avoid", "keep"] = "avoid"
    """Whether probes on a tie or a kink are drawn again."""
    straight_through: bool = False
    """Its gradients are not the derivatives of its forward pass, on purpose."""

    @cached_property
    def gradients(self) -> tuple[Stage, ...]:
        """The stages that ask for a gradient."""
        return tuple(stage for stage in self.stages if stage.kind == "gradient")

    def answered_by(self, part: int) -> tuple[Stage, ...]:
        """The stages that one part of its call script binds."""
        assert self.calls
        begin, end = (0, *self.calls.parts)[part : part + 2]
        bound = {name for line in self.calls.lines[begin:end] for name in line.binds}
        return tuple(stage for stage in self.stages if stage.gradient in bound)

    @cached_property
    def stage_names(self) -> frozenset[str]:
        """Of its stages, tasks aside."""
        return frozenset(stage.name for stage in self.stages)

    @property
    def everything(self) -> tuple[Stage | Task, ...]:
        """Its stages of either kind, in order."""
        return (*self.stages, *self.tasks)

    @property
    def parameters(self) -> tuple[str, ...]:
        """Of a training exercise, what is trained: the tensors of its stages, in order."""
        return tuple(stage.tensor for stage in self.stages)

    @property
    def functions(self) -> tuple[str, ...]:
        """What is to be written, in order: each answers a stage, or several."""
        if self.calls:
            return self.calls.written
        return tuple(dict.fromkeys(stage.asked for stage in self.everything))

    def together(self, function: str) -> tuple[Stage, ...]:
        """The stages that one function answers."""
        return self._together.get(function, ())

    @cached_property
    def _together(self) -> dict[str, tuple[Stage, ...]]:
        asked = dict.fromkeys(stage.asked for stage in self.stages)
        return {name: tuple(stage for stage in self.stages if stage.asked == name) for name in asked}

    def upstream_of(self, function: str) -> tuple[str, ...]:
        """The tensors whose gradients a function is given: what those of its stages feed into, these aside. Of what a
        call script uses, all they feed into: the script says what is given."""
        return self._upstream.get(function, ())

    @cached_property
    def _upstream(self) -> dict[str, tuple[str, ...]]:
        return {name: self._upstream_of(stages) for name, stages in self._together.items()}

    def _upstream_of(self, stages: Sequence[Stage]) -> tuple[str, ...]:
        own = [stage.tensor for stage in stages]
        users = dict.fromkeys(user for tensor in own for user in self.consumers(tensor))
        return tuple(user for user in users if self.calls or user not in own)

    @cached_property
    def cuts(self) -> frozenset[str]:
        """The tensors of the graph: each is a leaf again in the cut forward pass."""
        return frozenset({stage.tensor for stage in self.gradients} | {*self.extra_cuts, *self.outputs})

    @cached_property
    def asking_order(self) -> tuple[Stage, ...]:
        """Stages from the loss backwards.

        A stage is asked before its own gradient is handed to another one as upstream.
        """
        defined = {target: position for position, target in enumerate(self.script.targets)}
        return tuple(sorted(self.stages, key=lambda stage: -defined.get(stage.tensor, -1)))

    @cached_property
    def backward_order(self) -> tuple[str, ...]:
        """The names of its stages in the order of the backward pass: what the forward pass uses last comes first.

        No stage comes before one whose gradient it is fed. Tasks are at the end.
        """
        used: dict[str, int] = {}
        if self.calls:
            return tuple(stage.name for stage in self.stages)
        for number, line in enumerate(self.script.lines):
            for name in line.reads:
                used.setdefault(name, number)
        stages = sorted(self.stages, key=lambda stage: -used[stage.tensor])
        return (*(stage.name for stage in stages), *(task.name for task in self.tasks))

    @property
    def putting_order(self) -> tuple[Task, ...]:
        """Tasks in an order in which none is put after its own values were handed to another."""
        return tuple(sorted(self.tasks, key=lambda task: task.kind == "samples"))

    def also_called(self, number: int) -> set[str]:
        """What people write for the exercise of this number, folded: its number, its file, its title."""
        file = self.stub.removesuffix(".py")
        return {
            folded(each)
            for each in (self.name, self.title, self.stub, file, f"{number}", f"ex{number}", f"exercise{number}")
        }

    def consumers(self, tensor: str) -> tuple[str, ...]:
        """The tensors a tensor feeds into."""
        return self._consumers[tensor]

    @cached_property
    def _consumers(self) -> dict[str, tuple[str, ...]]:
        names = {stage.tensor for stage in self.stages} | set(self.script.targets)
        return {name: self.script.consumers(name, self.cuts) for name in names}


@dataclass(frozen=True)
class Derivation:
    """The assignment that another one is in other names, and those names."""

    base: "Assignment"
    renaming: Renaming


@dataclass(frozen=True)
class Assignment:
    """What students are asked, and how they are tried."""

    name: str
    title: str
    folder: Path
    inputs: Script
    seed: int
    gradient_pattern: str
    dataset: DatasetUse | None
    sizes: dict[str, Size]
    recipes: tuple[ProbeRecipe, ...]
    exercises: tuple[Exercise, ...]
    credit: dict[str, float]
    arrays: Literal["torch", "numpy", "either"] = "torch"
    """What submissions are given and give back: tensors, float64 arrays of NumPy, or those and either."""
    elsewhere: str = ""
    """A regular expression for the headings that end the last exercise in a notebook."""
    derivation: Derivation | None = None

    @property
    def notebook(self) -> str:
        """The name of its notebook."""
        return f"{self.name}.ipynb"

    @cached_property
    def sha256(self) -> str:
        """Of the assignment's text: two results are comparable if it agrees."""
        text = (self.folder / "assignment.toml").read_text(encoding="utf-8")  # line ends are no part of it
        digest = hashlib.sha256(text.encode())
        tasks = [task.script.text for exercise in self.exercises for task in exercise.tasks]
        calls = [exercise.calls.text for exercise in self.exercises if exercise.calls]
        for text in (self.inputs.text, *(exercise.script.text for exercise in self.exercises), *tasks, *calls):
            digest.update(text.encode())
        digest.update(self.derivation.base.sha256.encode() if self.derivation else b"")
        return digest.hexdigest()

    @property
    def stages(self) -> Iterator[tuple[Exercise, Stage | Task]]:
        return ((exercise, stage) for exercise in self.exercises for stage in exercise.everything)

    @property
    def stage_names(self) -> tuple[str, ...]:
        return tuple(stage.name for _, stage in self.stages)

    @property
    def asked_names(self) -> tuple[str, ...]:
        """The functions, classes or variables that answer the stages."""
        return tuple(dict.fromkeys(name for exercise in self.exercises for name in exercise.functions))

    def named(self, name: str) -> list[tuple[Exercise, Stage | Task]]:
        """The stage of that name, or all that the function of that name answers, each with its exercise.

        A name that differs in its capitals, or in what is no letter, is taken if it can mean one thing alone.

        Raises:
            UnknownName: there is none.
        """
        names = (*self.stage_names, *self.asked_names)
        meant = {name} if name in names else {each for each in names if folded(each) == folded(name)}
        if len(meant) != 1:
            raise UnknownName("stage", name, self.stage_names)
        return [(exercise, stage) for exercise, stage in self.stages if meant & {stage.name, stage.asked}]

    def exercise(self, name: str) -> Exercise:
        """The exercise of that name; also by its number or its file, as in `1`, `ex1`, `ex1_every_expression.py`.

        Raises:
            UnknownName: there is none.
        """
        for exercise in self.exercises:
            if exercise.name == name:
                return exercise
        for number, exercise in enumerate(self.exercises, start=1):
            if folded(name) in exercise.also_called(number):
                return exercise
        raise UnknownName("exercise", name, (exercise.name for exercise in self.exercises))

    def names(self, exercise: Exercise) -> tuple[str, ...]:
        """The sizes, and what there is in the forward pass of an exercise."""
        return (*self.sizes, *self.inputs.targets, *exercise.script.targets)

    def recipes_of(self, exercise: Exercise) -> tuple[ProbeRecipe, ...]:
        """How the hidden probes of an exercise are drawn."""
        return exercise.recipes or self.recipes

    def handed(self, exercise: Exercise) -> dict[str, frozenset[str]]:
        """By stage of an exercise, the tensors whose gradients are handed to what answers it."""
        return {stage.name: frozenset(self._handed(exercise, stage)) for stage in exercise.stages}

    def _handed(self, exercise: Exercise, stage: Stage) -> Iterator[str]:
        if exercise.calls is None:
            yield from exercise.upstream_of(stage.asked)
            return
        yield from (name for name in exercise.cuts if self.gradient_name(name) in exercise.calls.free)
        for part in range(len(exercise.calls.parts)):
            answered = exercise.answered_by(part)
            if stage in answered:
                return
            yield from (before.tensor for before in answered if before.kind == "gradient")

    def gradient_name(self, tensor: str) -> str:
        """What the course calls the gradient of a tensor."""
        return gradient_name(self.gradient_pattern, tensor)


def gradient_name(pattern: str, tensor: str) -> str:
    """`d{Tensor}` makes `dCounts` of `counts`; `d{tensor}` makes `dcounts`."""
    return pattern.replace("{tensor}", tensor).replace("{Tensor}", tensor[:1].upper() + tensor[1:])
