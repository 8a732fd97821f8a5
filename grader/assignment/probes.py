"""Probes: the inputs a stage is tried on.

`Probe.offer` is all that a student's code is ever given; `Probe.expected` never leaves our process.
"""

import hashlib
import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Literal

import torch

from grader.assignment.assignment import LOSS, Assignment, Exercise, ProbeRecipe
from grader.assignment.cut_graph import (
    CutPass,
    Values,
    backward,
    cut_pass,
    globals_for,
    run_lines,
    same_each_time,
)
from grader.assignment.dataset import Dataset, Rows
from grader.assignment.expectations import Surroundings, expectations
from grader.assignment.script_lines import VERSION
from grader.assignment.stage import Stage
from grader.assignment.tolerance import Expectation, double, each
from grader.assignment.training import trained
from grader.errors import AssignmentError

COURSE: Literal["course"] = "course"
Kind = Literal["course", "consistent", "arbitrary"]
ROWS = 64


@dataclass(frozen=True)
class Start:
    """What a forward pass starts from: the sizes, and every tensor that the inputs script makes."""

    sizes: dict[str, int]
    inputs: Values


@dataclass(frozen=True)
class Probe:
    """One set of inputs for one exercise."""

    assignment: Assignment
    exercise: Exercise
    name: str
    kind: Kind
    sizes: dict[str, int]
    values: dict[str, Any]
    upstream: dict[str, torch.Tensor]
    expected: dict[str, Expectation]
    draws: int = 1
    """How often it was drawn until it was on no tie or kink, or on one that could not be helped."""

    @property
    def inputs(self) -> Values:
        """What its forward pass starts from."""
        return {name: self.values[name] for name in (*self.sizes, *self.assignment.inputs.targets)}

    @cached_property
    def numbers(self) -> dict[str, float]:
        """By name, the sizes, and after them the numbers that scripts make."""
        return numbers_in(self.sizes, self.values)

    def offer(self, stage: Stage, upstream: Mapping[str, torch.Tensor] | None = None) -> dict[str, Any]:
        """Everything a stage may ask for, by name: values, sizes, and the gradients its function is given."""
        gradients = self.upstream if upstream is None else upstream
        given = self.exercise.upstream_of(stage.asked)
        values = {name: v for name, v in self.values.items() if VERSION not in name and can_be_given(v)}
        return values | {self.assignment.gradient_name(name): gradients[name] for name in given}

    def lent(self, part: int = 0) -> dict[str, Any]:
        """What the first parts of a call script read that is given, with the stages of those before the last one."""
        calls = self.exercise.calls
        assert calls
        gradients = {self.assignment.gradient_name(name): gradient for name, gradient in self.upstream.items()}
        known = {**gradients, **self.values}
        lent = {name: known[name] for name in calls.free if name in known}
        answered = [stage.gradient for before in range(part) for stage in self.exercise.answered_by(before)]
        return lent | {name: known[name] for name in answered}


def course_start(assignment: Assignment, dataset: Dataset | None, exercise: Exercise | None = None) -> Start:
    """What the students' forward pass starts from, the same for everyone; in an exercise, with its own sizes."""
    letters = len(dataset.vocabulary) if dataset else 0
    sizes = {name: size.course if size.course is not None else letters for name, size in assignment.sizes.items()}
    sizes |= exercise.sizes if exercise else {}
    rows = None
    if assignment.dataset and dataset:
        rows = dataset.rows(dataset.training, sizes[assignment.dataset.context])
    generator = torch.Generator().manual_seed(assignment.seed)
    with same_each_time(assignment.inputs, _given(assignment, sizes, generator, rows)):
        return Start(sizes, make_inputs(assignment, sizes, generator, rows))


def course_probe(assignment: Assignment, exercise: Exercise, start: Start) -> Probe:
    """The course batch."""
    with same_each_time(exercise.script, start.inputs):
        forward = cut_pass(exercise, start.inputs)
    generator = torch.Generator().manual_seed(assignment.seed)
    outputs = [name for name in exercise.outputs if name != LOSS]  # nothing says what comes after them
    upstream = backward(exercise, start.inputs, drawn_upstream(forward, outputs, generator))
    around = Surroundings(exercise, start.inputs, forward, upstream, generator)
    expected = expectations(around, assignment.handed(exercise))
    for stage in exercise.stages:
        exact = upstream[stage.tensor] if stage.kind == "gradient" else forward.values[stage.tensor].detach()
        expected[stage.name] = expected[stage.name].with_exact(exact)
    return Probe(assignment, exercise, COURSE, COURSE, start.sizes, offered_in(forward), upstream, expected)


def make_inputs(assignment: Assignment, sizes: dict[str, int], generator: torch.Generator, rows: Rows | None) -> Values:
    """What the forward scripts start from: the sizes, and every tensor that the inputs script makes."""
    namespace = globals_for(_given(assignment, sizes, generator, rows))
    for _ in run_lines(assignment.inputs, namespace):
        pass
    made = {name: namespace[name] for name in assignment.inputs.targets}
    return sizes | (made if assignment.arrays == "torch" else each(made, double))


def _given(
    assignment: Assignment, sizes: dict[str, int], generator: torch.Generator, rows: Rows | None
) -> dict[str, Any]:
    """What the script of the inputs is given."""
    given: dict[str, Any] = {"generator": generator, **sizes}
    if assignment.dataset and rows:
        given |= {assignment.dataset.inputs: rows.inputs, assignment.dataset.outputs: rows.outputs}
    return given


def number_from(label: str) -> int:
    """A seed for generators, from a text."""
    return int.from_bytes(hashlib.sha256(label.encode()).digest()[:8], "big") >> 1


def random_start(
    assignment: Assignment, exercise: Exercise, recipe: ProbeRecipe, number: int, generator: torch.Generator
) -> tuple[Start, Rows | None]:
    """What a forward pass starts from on a hidden probe, and the rows its batch is from."""
    sizes = _sizes(assignment, exercise, random.Random(number))
    rows = _random_rows(assignment, sizes, generator)
    inputs = dict(make_inputs(assignment, sizes, generator, rows))
    inputs |= {name: _scaled(inputs[name], factor) for name, factor in recipe.scale.items()}
    if recipe.steps and rows:
        inputs |= trained(exercise, sizes, inputs, rows, recipe.steps, number)
    return Start(sizes, inputs), rows


def _scaled(value: Any, factor: float) -> Any:
    """A whole number stays one."""
    return round(value * factor) if isinstance(value, int) else value * factor


def _sizes(assignment: Assignment, exercise: Exercise, draw: random.Random) -> dict[str, int]:
    """Pairwise different, and none as in the course; but for those whose range is a single number."""
    free = {name: size for name, size in assignment.sizes.items() if size.low < size.high}
    course = {name: exercise.sizes.get(name, size.course) for name, size in free.items()}
    for _ in range(10_000):
        sizes = {name: draw.randint(size.low, size.high) for name, size in assignment.sizes.items()}
        differ = len({sizes[name] for name in free}) == len(free)
        if differ and all(sizes[name] != number for name, number in course.items()):
            return sizes
    ranges = ", ".join(f"{name} from {size.low} to {size.high}" for name, size in free.items())
    raise AssignmentError(
        assignment.folder,
        f"the sizes of a probe must all differ, and differ from the course's, but their ranges are too narrow for that "
        f"({ranges}). Widen `probes` of some; a size that has to stay as it is may have a range of one number: [3, 3].",
    )


def _random_rows(assignment: Assignment, sizes: dict[str, int], generator: torch.Generator) -> Rows | None:
    if assignment.dataset is None:
        return None
    letters, context = sizes[assignment.dataset.vocabulary], sizes[assignment.dataset.context]
    inputs = torch.randint(0, letters, (ROWS, context), generator=generator)
    return Rows(inputs, torch.randint(0, letters, (ROWS,), generator=generator))


def drawn_upstream(forward: CutPass, names: Sequence[str], generator: torch.Generator) -> dict[str, torch.Tensor]:
    """A gradient for each of some tensors, of its shape and dtype."""
    values = {name: forward.values[name] for name in names}
    return {name: torch.randn(v.shape, generator=generator, dtype=v.dtype) for name, v in values.items()}


def numbers_in(sizes: Mapping[str, int], values: Mapping[str, Any]) -> dict[str, float]:
    """The sizes, and after them what else is a number, True and False aside."""
    made = {name: value for name, value in values.items() if type(value) in (int, float) and VERSION not in name}
    return {**sizes, **made}


def can_be_given(value: Any) -> bool:
    """Whether a value is a tensor, a number, a text or a shape; others, such as functions, stay with the script."""
    if isinstance(value, tuple):
        return all(isinstance(each, int | float) for each in value)
    return isinstance(value, torch.Tensor | int | float | str)


def offered_in(forward: CutPass) -> dict[str, Any]:
    """The values of a forward pass, to be given away."""
    return {
        name: value.detach().clone().contiguous() if isinstance(value, torch.Tensor) else value
        for name, value in forward.values.items()
    }
