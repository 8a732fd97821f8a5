"""Probes: the inputs a stage is tried on.

`Probe.offer` is all that a student's code is ever given; `Probe.expected` never leaves our process.
"""

import hashlib
import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import torch

from grader.assignment.assignment import LOSS, Assignment, Exercise, ProbeRecipe
from grader.assignment.cut_graph import CutPass, Values, backward, chain, cut_pass, globals_for, run_lines
from grader.assignment.dataset import Dataset, Rows
from grader.assignment.stage import Stage
from grader.assignment.tolerance import Expectation, double, each, expectations
from grader.assignment.training import trained
from grader.errors import AssignmentError

COURSE: Literal["course"] = "course"
CLEAR = 1e-2
"""A probe on which a random upstream would need a larger tolerance sits on a tie or a kink, and is drawn again."""
ATTEMPTS = 100
ROWS = 64


@dataclass(frozen=True)
class Start:
    """What a forward pass starts from: the sizes, and every tensor that the inputs script makes."""

    sizes: dict[str, int]
    inputs: Values


@dataclass(frozen=True)
class Probe:
    """One set of inputs for one exercise. `kind` is `course`, `consistent` or `arbitrary`."""

    assignment: Assignment
    exercise: Exercise
    name: str
    kind: Literal["course", "consistent", "arbitrary"]
    sizes: dict[str, int]
    values: dict[str, Any]
    upstream: dict[str, torch.Tensor]
    expected: dict[str, Expectation]

    def offer(self, stage: Stage, upstream: Mapping[str, torch.Tensor] | None = None) -> dict[str, Any]:
        """Everything a stage may ask for, by name: values, sizes, and the gradients of its tensor's consumers."""
        gradients = self.upstream if upstream is None else upstream
        consumers = self.exercise.consumers(stage.tensor)
        return self.values | {self.assignment.gradient_name(name): gradients[name] for name in consumers}

    def lent(self, part: int = 0) -> dict[str, Any]:
        """What the first parts of a call script read that is given, with the stages of those before the last one."""
        calls = self.exercise.calls
        assert calls
        gradients = {self.assignment.gradient_name(name): gradient for name, gradient in self.upstream.items()}
        known = {**gradients, **self.values}
        lent = {name: known[name] for name in calls.free if name in known}
        answered = [stage.gradient for before in range(part) for stage in self.exercise.answered_by(before)]
        return lent | {name: known[name] for name in answered}


def make_probes(assignment: Assignment, exercise: Exercise, course: Start, seed: str) -> tuple[Probe, ...]:
    """The course batch, and the hidden probes drawn from the seed.

    Raises:
        AssignmentError: a recipe gives only probes that sit on a tie or a kink.
    """
    hidden = [_hidden_probe(assignment, exercise, recipe, seed) for recipe in exercise.recipes or assignment.recipes]
    return (course_probe(assignment, exercise, course), *hidden)


def course_start(assignment: Assignment, dataset: Dataset | None, exercise: Exercise | None = None) -> Start:
    """What the students' forward pass starts from, the same for everyone; in an exercise, with its own sizes."""
    letters = len(dataset.vocabulary) if dataset else 0
    sizes = {name: size.course if size.course is not None else letters for name, size in assignment.sizes.items()}
    sizes |= exercise.sizes if exercise else {}
    rows = None
    if assignment.dataset and dataset:
        rows = dataset.rows(dataset.training, sizes[assignment.dataset.context])
    generator = torch.Generator().manual_seed(assignment.seed)
    return Start(sizes, make_inputs(assignment, sizes, generator, rows))


def course_probe(assignment: Assignment, exercise: Exercise, start: Start) -> Probe:
    """The course batch."""
    forward = cut_pass(exercise, start.inputs)
    generator = torch.Generator().manual_seed(assignment.seed)
    outputs = [name for name in exercise.outputs if name != LOSS]  # nothing says what comes after them
    upstream = backward(exercise, start.inputs, _drawn_upstream(forward, outputs, generator))
    expected = expectations(exercise, start.inputs, forward, upstream, generator)
    for stage in exercise.stages:
        exact = upstream[stage.tensor] if stage.kind == "gradient" else forward.values[stage.tensor].detach()
        expected[stage.name] = expected[stage.name].with_exact(exact)
    return Probe(assignment, exercise, COURSE, COURSE, start.sizes, _offered(forward), upstream, expected)


def make_inputs(assignment: Assignment, sizes: dict[str, int], generator: torch.Generator, rows: Rows | None) -> Values:
    """What the forward scripts start from: the sizes, and every tensor that the inputs script makes."""
    given: dict[str, Any] = {"generator": generator, **sizes}
    if assignment.dataset and rows:
        given |= {assignment.dataset.inputs: rows.inputs, assignment.dataset.outputs: rows.outputs}
    namespace = globals_for(given)
    for _ in run_lines(assignment.inputs, namespace):
        pass
    made = {name: namespace[name] for name in assignment.inputs.targets}
    return sizes | (made if assignment.arrays == "torch" else each(made, double))


def _hidden_probe(assignment: Assignment, exercise: Exercise, recipe: ProbeRecipe, seed: str) -> Probe:
    for attempt in range(ATTEMPTS):
        if probe := _draw(assignment, exercise, recipe, number_from(f"{seed}/{exercise.name}/{recipe.name}/{attempt}")):
            return probe
    raise AssignmentError(
        assignment.folder,
        f"{exercise.name}: every draw of the probe {recipe.name!r} lands on a "
        "tie or a kink; change its `scale` or the sizes.",
    )


def number_from(label: str) -> int:
    """A seed for generators, from a text."""
    return int.from_bytes(hashlib.sha256(label.encode()).digest()[:8], "big") >> 1


def random_start(
    assignment: Assignment, exercise: Exercise, recipe: ProbeRecipe, number: int, generator: torch.Generator
) -> tuple[Start, Rows | None]:
    """What a forward pass starts from on a hidden probe, and the rows its batch is from."""
    sizes = _sizes(assignment, random.Random(number))
    rows = _random_rows(assignment, sizes, generator)
    inputs = dict(make_inputs(assignment, sizes, generator, rows))
    inputs |= {name: _scaled(inputs[name], factor) for name, factor in recipe.scale.items()}
    if recipe.steps and rows:
        inputs |= trained(exercise, sizes, inputs, rows, recipe.steps, number)
    return Start(sizes, inputs), rows


def _scaled(value: Any, factor: float) -> Any:
    """A whole number stays one."""
    return round(value * factor) if isinstance(value, int) else value * factor


def _draw(assignment: Assignment, exercise: Exercise, recipe: ProbeRecipe, number: int) -> Probe | None:
    generator = torch.Generator().manual_seed(number)
    start, _ = random_start(assignment, exercise, recipe, number, generator)
    sizes, inputs = start.sizes, start.inputs
    forward = cut_pass(exercise, inputs)
    upstream = _random_upstream(forward, generator)
    expected = expectations(exercise, inputs, forward, upstream, generator)
    if any(expectation.tolerance > CLEAR for expectation in expected.values()):
        return None
    if recipe.kind == "consistent" or exercise.calls:  # of a call script, only the outputs' are handed out at first
        upstream = chain(forward, {name: upstream[name] for name in exercise.outputs})
        expected = expectations(exercise, inputs, forward, upstream, generator)
    kind = "consistent" if exercise.calls else recipe.kind
    return Probe(assignment, exercise, recipe.name, kind, sizes, _offered(forward), upstream, expected)


def _sizes(assignment: Assignment, draw: random.Random) -> dict[str, int]:
    """Pairwise different, and none as in the course."""
    for _ in range(10_000):
        sizes = {name: draw.randint(size.low, size.high) for name, size in assignment.sizes.items()}
        differ = len(set(sizes.values())) == len(sizes)
        if differ and all(sizes[name] != size.course for name, size in assignment.sizes.items()):
            return sizes
    raise AssignmentError(
        assignment.folder, "the ranges of the sizes are too narrow for all sizes of a probe to differ; widen them."
    )


def _random_rows(assignment: Assignment, sizes: dict[str, int], generator: torch.Generator) -> Rows | None:
    if assignment.dataset is None:
        return None
    letters, context = sizes[assignment.dataset.vocabulary], sizes[assignment.dataset.context]
    inputs = torch.randint(0, letters, (ROWS, context), generator=generator)
    return Rows(inputs, torch.randint(0, letters, (ROWS,), generator=generator))


def _random_upstream(forward: CutPass, generator: torch.Generator) -> dict[str, torch.Tensor]:
    return _drawn_upstream(forward, sorted(forward.exercise.cuts), generator) | {LOSS: torch.ones(())}


def _drawn_upstream(forward: CutPass, names: Sequence[str], generator: torch.Generator) -> dict[str, torch.Tensor]:
    """A gradient for each of some tensors, of its shape and dtype."""
    values = {name: forward.values[name] for name in names}
    return {name: torch.randn(v.shape, generator=generator, dtype=v.dtype) for name, v in values.items()}


def _offered(forward: CutPass) -> dict[str, Any]:
    return {
        name: value.detach().clone().contiguous() if isinstance(value, torch.Tensor) else value
        for name, value in forward.values.items()
    }
