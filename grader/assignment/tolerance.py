"""What to expect of a stage on a probe, and how far off an answer may be there.

Correct float32 code must never fail, so the tolerance is derived, per stage and probe, from the error that autograd
itself makes there in float32, also when its inputs move by one unit in the last place.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import torch

from grader.assignment.assignment import Exercise
from grader.assignment.cut_graph import CutPass, Values, cut_pass

FLOOR = 1e-4
"""Errors below this share of the largest reference element are never held against anyone."""
FACTOR = 64
"""How many times autograd's own float32 error an answer may err; the worst correct one measured needs 16."""
TINY = 1e-30
PRECISION = torch.finfo(torch.float32).eps
CANCELLED = 1e-5
"""A gradient below this share of its own float32 error is zero but for rounding: everything in it cancels."""


@dataclass(frozen=True)
class Expectation:
    """The reference of one stage on one probe.

    `gradient` is the float64 VJP at the float32 values the student is given; `tolerance` is relative to its
    largest element; `exact` is what `loss.backward()` gives in float32, on the course batch only. `cancelling` is the
    size of what cancels where everything does.
    """

    gradient: torch.Tensor
    tolerance: float
    exact: torch.Tensor | None = None
    cancelling: float = 0.0

    def with_exact(self, exact: torch.Tensor) -> "Expectation":
        return replace(self, exact=exact)

    def grown(self, times: float) -> "Expectation":
        """The same where what cancels is so many times as large."""
        return replace(self, cancelling=self.cancelling * times)

    @cached_property
    def scale(self) -> float:
        """What errors are relative to: the largest reference element; 1 where all are zero."""
        return max(largest(self.gradient), self.cancelling) or 1.0

    def error(self, answer: torch.Tensor) -> float:
        """The largest absolute difference over the scale; NaN or infinite where the answer is.

        Args:
            answer: of the reference's shape, any real dtype.
        """
        return largest(answer.double() - self.gradient) / self.scale


def expectations(
    exercise: Exercise,
    inputs: Values,
    forward: CutPass,
    upstream: Mapping[str, torch.Tensor],
    generator: torch.Generator,
) -> dict[str, Expectation]:
    """The expectation of every stage of an exercise, by the stage's name.

    Args:
        exercise: whose stages.
        inputs: what the forward script started from, float32.
        forward: its cut pass in float32.
        upstream: the gradients handed to the stages, by tensor, float32.
        generator: draws the moved inputs.
    """
    precise = _again(exercise, inputs, forward, double)
    passes = [(forward, dict(upstream))]
    for moved in movers(generator) if exercise.ties == "avoid" else ():
        passes.append((_again(exercise, inputs, forward, moved), each(upstream, moved)))
    doubled = each(upstream, double)
    tensors = [stage.tensor for stage in exercise.gradients]
    references = precise.vjps(tensors, doubled)
    rounded = [once.vjps(tensors, given) for once, given in passes]
    expected = {
        stage.name: expect(references[stage.tensor], [once[stage.tensor] for once in rounded])
        for stage in exercise.gradients
    }
    values = [stage for stage in exercise.stages if stage.kind == "value"]
    return expected | {
        stage.name: expect(
            _value(precise, stage.tensor).double(), [_value(once, stage.tensor).double() for once, _ in passes]
        )
        for stage in values
    }


def _value(forward: CutPass, tensor: str) -> torch.Tensor:
    """What the forward pass makes of a tensor, before it is cut there."""
    made: torch.Tensor = forward.raw.get(tensor, forward.values[tensor])
    return made.detach()


def expect(reference: torch.Tensor, rounded: Sequence[torch.Tensor], least: float = 0.0) -> Expectation:
    """An expectation with its tolerance, from what rounding alone does.

    Args:
        reference: float64.
        rounded: the same from float32, first of all; and from values that have been moved by a rounding error.
        least: what is below this is rounding as well.
    """
    noise = max(largest(rounded[0].double() - reference), least)
    cancelling = noise / PRECISION if largest(reference) < CANCELLED * noise else 0.0
    exactly = Expectation(reference, 0.0, None, cancelling)
    errors = [exactly.error(once) for once in rounded]
    return Expectation(reference, FLOOR + FACTOR * max(errors), None, cancelling)


def largest(tensor: torch.Tensor) -> float:
    """The largest absolute value of a tensor that has elements; NaN if there is one."""
    return float(tensor.abs().max().item())


def _again(
    exercise: Exercise, inputs: Values, forward: CutPass, change: Callable[[torch.Tensor], torch.Tensor]
) -> CutPass:
    return cut_pass(exercise, each(inputs, change), at=each(forward.values, change))


def each(values: Mapping[str, Any], change: Callable[[torch.Tensor], torch.Tensor]) -> dict[str, Any]:
    """The values with every floating-point tensor changed, also in lists."""
    return {name: _changed(value, change) for name, value in values.items()}


def _changed(value: Any, change: Callable[[torch.Tensor], torch.Tensor]) -> Any:
    if isinstance(value, torch.Tensor):
        return change(value.detach()) if value.is_floating_point() else value
    if type(value) in (list, tuple):
        return type(value)(_changed(each, change) for each in value)
    if type(value) is dict:
        return {key: _changed(each, change) for key, each in value.items()}
    return value


def double(value: torch.Tensor) -> torch.Tensor:
    return value.double()


def movers(generator: torch.Generator) -> Iterator[Callable[[torch.Tensor], torch.Tensor]]:
    """Two ways to move values by a rounding error, opposite to each other where they are used in the same order."""
    state = generator.get_state()
    for sign in (1, -1):
        yield _mover(generator.set_state(state), sign)


def _mover(generator: torch.Generator, sign: int) -> Callable[[torch.Tensor], torch.Tensor]:
    """Moves values by up to one float32 unit in the last place, in float64, so that no two that were equal stay so.

    The two signs together find every tie and kink: one of them lands on the other side. Zeros move by next to nothing.
    """
    ulp = sign * PRECISION

    def move(value: torch.Tensor) -> torch.Tensor:
        step = torch.rand(value.shape, generator=generator, dtype=torch.float64) * 2 - 1
        return value.double() * (1 + ulp * step) + sign * TINY * step

    return move
