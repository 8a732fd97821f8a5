"""What to expect of a stage on a probe, and how far off an answer may be there.

Correct float32 code must never fail, so the tolerance is derived, per stage and probe, from the error that autograd
itself makes there in float32, also when its inputs move by one unit in the last place. Elements that jump when they do
are on a tie or a kink, where more than one gradient is right: they are left out.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import torch

FLOOR = 1e-4
"""Errors below this share of the largest reference element are never held against anyone."""
FACTOR = 64
"""How many times autograd's own float32 error an answer may err; the worst correct one measured needs 16."""
CLEAR = 1e-2
"""A hidden probe on which a random upstream would need a larger tolerance is drawn again."""
TINY = 1e-30
PRECISION = torch.finfo(torch.float32).eps
CANCELLED = 1e-5
"""A gradient below this share of its own float32 error is zero but for rounding: everything in it cancels."""
NOTHING = 1e-9
"""Elements below this share of the largest one are as good as zero."""


@dataclass(frozen=True)
class Expectation:
    """The reference of one stage on one probe.

    `gradient` is the float64 VJP at the float32 values the student is given; `tolerance` is relative to its
    largest element; `exact` is what `loss.backward()` gives in float32, on the course batch only. `cancelling` is the
    size of what cancels where everything does. `jumps` is True where an element jumps when its inputs move by a
    rounding error, None where none does: there, whatever number an answer has is right.
    """

    gradient: torch.Tensor
    tolerance: float
    exact: torch.Tensor | None = None
    cancelling: float = 0.0
    jumps: torch.Tensor | None = None

    def with_exact(self, exact: torch.Tensor) -> "Expectation":
        return replace(self, exact=exact)

    def grown(self, times: float) -> "Expectation":
        """The same where what cancels is so many times as large."""
        return replace(self, cancelling=self.cancelling * times) if times != 1 else self

    @cached_property
    def strict(self) -> "Expectation":
        """The same with nothing left out: on a tie or a kink, only what autograd does is right."""
        return replace(self, jumps=None)

    @cached_property
    def left_out(self) -> int:
        """How many elements jump."""
        return 0 if self.jumps is None else int(self.jumps.sum())

    @cached_property
    def tells(self) -> bool:
        """Whether what is not left out says anything: zeros beside elements that jump do not."""
        if self.jumps is None:
            return True
        return not self.cancelling and largest(self.kept(self.gradient)) > NOTHING * largest(self.gradient)

    @cached_property
    def scale(self) -> float:
        """What errors are relative to: the largest reference element that is not left out; 1 where all are zero."""
        return max(largest(self.kept(self.gradient)), self.cancelling) or largest(self.gradient) or 1.0

    def kept(self, tensor: torch.Tensor) -> torch.Tensor:
        """A tensor with zeros where the elements of the reference jump; one of another shape stays as it is."""
        if self.jumps is None or tensor.shape != self.jumps.shape:
            return tensor
        return tensor.masked_fill(self.jumps, 0)

    def right_for(self, answer: torch.Tensor) -> torch.Tensor:
        """The reference, with the answer's own numbers where any are right; float64.

        Args:
            answer: of the reference's shape, any real dtype.
        """
        if self.jumps is None:
            return self.gradient
        return torch.where(self.jumps & torch.isfinite(answer), answer.double(), self.gradient)

    def distance(self, answer: torch.Tensor) -> torch.Tensor:
        """The absolute difference of each element, NaN or infinite where the answer is; float64.

        Args:
            answer: of the reference's shape, any real dtype.
        """
        return (answer.double() - self.right_for(answer)).abs()

    def error(self, answer: torch.Tensor) -> float:
        """The largest distance over the scale; NaN or infinite where the answer is.

        Args:
            answer: of the reference's shape, any real dtype.
        """
        return float(self.distance(answer).max().item()) / self.scale


def expect(
    reference: torch.Tensor,
    rounded: Sequence[torch.Tensor],
    least: float = 0.0,
    jumps: torch.Tensor | None = None,
) -> Expectation:
    """An expectation with its tolerance, from what rounding alone does.

    Args:
        reference: float64.
        rounded: the same from float32, first of all; and from values that have been moved by a rounding error.
        least: what is below this is rounding as well.
        jumps: where rounding makes it jump.
    """
    exactly = Expectation(reference, 0.0, jumps=jumps)
    noise = max(largest(exactly.kept(rounded[0].double() - reference)), least)
    if largest(exactly.kept(reference)) < CANCELLED * noise:
        exactly = replace(exactly, cancelling=noise / PRECISION)
    errors = [exactly.error(exactly.kept(once)) for once in rounded]
    return replace(exactly, tolerance=FLOOR + FACTOR * max(errors))


def largest(tensor: torch.Tensor) -> float:
    """The largest absolute value of a tensor that has elements; NaN if there is one."""
    return float(tensor.abs().max().item())


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
        yield mover(generator.set_state(state), sign)


def mover(generator: torch.Generator, far: float) -> Callable[[torch.Tensor], torch.Tensor]:
    """Moves values by up to one float32 unit in the last place, in float64, so that no two that were equal stay so.

    The two signs of `far` together find every tie and kink: one of them lands on the other side. Zeros move by next to
    nothing.

    Args:
        generator: draws how far each element is moved.
        far: the share of the way that is gone, from -1 to 1.
    """
    ulp = far * PRECISION

    def move(value: torch.Tensor) -> torch.Tensor:
        step = torch.rand(value.shape, generator=generator, dtype=torch.float64) * 2 - 1
        return value.double() * (1 + ulp * step) + far * TINY * step

    return move
