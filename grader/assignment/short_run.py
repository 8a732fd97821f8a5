"""The short run of a training exercise: what a submission does in a few hundred steps, and what autograd does."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import torch

from grader.assignment.assignment import Assignment, Exercise
from grader.assignment.dataset import Dataset, Rows
from grader.assignment.probes import Start, make_inputs, number_from
from grader.assignment.tolerance import PRECISION, Expectation, expect, largest, movers
from grader.assignment.training import parameters_of, plan_of, train, training_of
from grader.sandbox.border.loop import Loop, Plan, flattened, unflattened

LOSS_CURVE = "loss"
EARLY = 10
"""The parameters are compared after each of the first steps, and then after every tenth."""


@dataclass(frozen=True)
class Opening:
    """What a short run begins with: known at once, while what autograd makes of it takes a while."""

    plan: Plan
    rows: Rows
    start: list[torch.Tensor]
    checkpoints: tuple[int, ...]


@dataclass(frozen=True)
class ShortRun(Opening):
    """A short training run: what it starts from, and what autograd makes of it.

    `expected` has the loss curve, and for each parameter how far it has come from where it started.
    """

    losses: list[float]
    gradients: torch.Tensor
    """Of every step, flat: shape (steps, elements of all parameters)."""
    end: list[torch.Tensor]
    expected: dict[int, dict[str, Expectation]]
    """By step, for the parameters; at the last step, for the loss curve as well."""

    @property
    def final(self) -> dict[str, Expectation]:
        return self.expected[self.plan.steps]

    def moved(self, parameters: torch.Tensor) -> dict[str, torch.Tensor]:
        """How far each parameter has come, float64, from all of them as one flat tensor."""
        return _moved(self.plan, self.start, unflattened(parameters, self.start))


def open_run(assignment: Assignment, exercise: Exercise, course: Start, dataset: Dataset, seed: str) -> Opening:
    """How an exercise's short run begins: sizes and data of the course, parameters and batches drawn from the seed."""
    training, sizes = training_of(exercise), course.sizes
    number = number_from(f"{seed}/{exercise.name}/run")
    generator = torch.Generator().manual_seed(number)
    rows = training_rows(assignment, sizes, dataset)
    plan = plan_of(exercise, sizes, training.steps, number)
    start = parameters_of(exercise, make_inputs(assignment, sizes, generator, rows))
    checkpoints = (*range(1, min(EARLY, plan.steps)), *range(EARLY, plan.steps, EARLY), plan.steps)
    return Opening(plan, rows, start, checkpoints)


def make_run(opening: Opening, seed: int) -> ShortRun:
    """What autograd makes of it: as it is, in float64, and from parameters moved by rounding errors of that seed."""
    plan, rows, start, checkpoints = opening.plan, opening.rows, opening.start, opening.checkpoints
    generator = torch.Generator().manual_seed(seed)
    moved = [[move(parameter) for parameter in start] for move in movers(generator)]
    begun = (start, [parameter.double() for parameter in start], *moved)
    rounded, exactly, *others = (_Course.of(plan, rows, parameters, checkpoints) for parameters in begun)
    expected = {
        step: {
            name: expect(
                exactly.moved(step)[name],
                [each_run.moved(step)[name] for each_run in (rounded, *others)],
                PRECISION * largest(parameter),
            )
            for name, parameter in zip(plan.parameters, start, strict=True)
        }
        for step in checkpoints
    }
    curves = [torch.tensor(each_run.losses, dtype=torch.float64) for each_run in (exactly, rounded, *others)]
    final = rounded.moved(plan.steps) | {LOSS_CURVE: curves[1]}
    expected[plan.steps][LOSS_CURVE] = expect(curves[0], curves[1:])
    expected[plan.steps] = {name: e.with_exact(final[name]) for name, e in expected[plan.steps].items()}
    gradients = torch.stack(rounded.gradients)
    return ShortRun(plan, rows, start, checkpoints, rounded.losses, gradients, rounded.after[plan.steps], expected)


@dataclass(frozen=True)
class _Course:
    """One autograd run, with its parameters at the checkpoints, and its gradients."""

    plan: Plan
    start: list[torch.Tensor]
    losses: list[float]
    after: dict[int, list[torch.Tensor]]
    gradients: list[torch.Tensor]

    @staticmethod
    def of(plan: Plan, rows: Rows, parameters: list[torch.Tensor], checkpoints: Sequence[int]) -> "_Course":
        after: dict[int, list[torch.Tensor]] = {}
        gradients: list[torch.Tensor] = []

        def look(loop: Loop, taken: Sequence[torch.Tensor]) -> None:
            gradients.append(flattened(taken))
            if (step := len(loop.losses)) in checkpoints:
                after[step] = [parameter.detach().clone() for parameter in loop.parameters]

        loop = train(plan, rows, parameters, look)
        return _Course(plan, parameters, loop.losses, after, gradients)

    def moved(self, step: int) -> dict[str, torch.Tensor]:
        return _moved(self.plan, self.start, self.after[step])


def _moved(plan: Plan, starts: Sequence[torch.Tensor], ends: Sequence[torch.Tensor]) -> dict[str, torch.Tensor]:
    named = zip(plan.parameters, starts, ends, strict=True)
    return {name: end.double() - start.double() for name, start, end in named}


def training_rows(assignment: Assignment, sizes: Mapping[str, int], dataset: Dataset) -> Rows:
    """What batches are drawn from."""
    assert assignment.dataset
    return dataset.rows(dataset.training, sizes[assignment.dataset.context])
