"""The nouns of an assignment: what its folder says, and what follows from its forward scripts. Needs no torch."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Literal

from grader.assignment.script import Script
from grader.errors import UnknownName

LOSS = "loss"


@dataclass(frozen=True)
class Stage:
    """One gradient to write."""

    name: str
    tensor: str
    points: int
    hint: str
    also: tuple[str, ...] = ()
    """What its variable may be called within its exercise, in a notebook that computes at top level."""
    formula: str = ""
    """The forward lines in LaTeX."""


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


@dataclass(frozen=True)
class DatasetUse:
    """The data set of an assignment, and what its scripts call the things that come from it."""

    file: Path
    shuffle_seed: int
    context: str
    vocabulary: str
    inputs: str
    outputs: str


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

    @cached_property
    def cuts(self) -> frozenset[str]:
        """The tensors of the graph: each is a leaf again in the cut forward pass."""
        return frozenset({stage.tensor for stage in self.stages} | set(self.extra_cuts) | {LOSS})

    @cached_property
    def asking_order(self) -> tuple[Stage, ...]:
        """Stages from the loss backwards.

        A stage is asked before its own gradient is handed to another one as upstream.
        """
        defined = {target: position for position, target in enumerate(self.script.targets)}
        return tuple(sorted(self.stages, key=lambda stage: -defined.get(stage.tensor, -1)))

    def consumers(self, tensor: str) -> tuple[str, ...]:
        """The tensors a tensor feeds into."""
        return self._consumers[tensor]

    @cached_property
    def _consumers(self) -> dict[str, tuple[str, ...]]:
        names = {stage.tensor for stage in self.stages} | set(self.script.targets)
        return {name: self.script.consumers(name, self.cuts) for name in names}


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
    elsewhere: str = ""
    """A regular expression for the headings that end the last exercise in a notebook."""

    @cached_property
    def sha256(self) -> str:
        """Of the assignment's text: two results are comparable if it agrees."""
        digest = hashlib.sha256((self.folder / "assignment.toml").read_bytes())
        for script in (self.inputs, *(exercise.script for exercise in self.exercises)):
            digest.update(script.text.encode())
        return digest.hexdigest()

    @property
    def stages(self) -> Iterator[tuple[Exercise, Stage]]:
        return ((exercise, stage) for exercise in self.exercises for stage in exercise.stages)

    @property
    def stage_names(self) -> tuple[str, ...]:
        return tuple(stage.name for _, stage in self.stages)

    def stage(self, name: str) -> tuple[Exercise, Stage]:
        """The stage of that name, with its exercise.

        Raises:
            UnknownName: there is none.
        """
        for exercise, stage in self.stages:
            if stage.name == name:
                return exercise, stage
        raise UnknownName("stage", name, self.stage_names)

    def exercise(self, name: str) -> Exercise:
        """The exercise of that name.

        Raises:
            UnknownName: there is none.
        """
        for exercise in self.exercises:
            if exercise.name == name:
                return exercise
        raise UnknownName("exercise", name, (exercise.name for exercise in self.exercises))

    def gradient_name(self, tensor: str) -> str:
        """What the course calls the gradient of a tensor."""
        return gradient_name(self.gradient_pattern, tensor)


def gradient_name(pattern: str, tensor: str) -> str:
    """`d{Tensor}` makes `dCounts` of `counts`; `d{tensor}` makes `dcounts`."""
    return pattern.format(tensor=tensor, Tensor=tensor[:1].upper() + tensor[1:])
