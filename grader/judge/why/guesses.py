"""Every slip that is known for a stage: those of its assignment, and those that follow from the graph."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial

import torch

from grader.assignment.stage import Slip
from grader.judge.why.costs import cost
from grader.judge.why.local import Local
from grader.judge.why.slip_values import (
    Combine,
    combined,
    copied_along,
    forward_value,
    last_kept,
    not_summed,
    reduced,
    summed_over,
    summed_over_all,
    the_same_along,
    times_tensor,
    transposed,
    upstream,
    with_operand,
    with_path_times,
    with_power,
    with_slip,
    with_upstream,
    with_use_times,
)
from grader.result import Diagnosis

WAYS: dict[str, tuple[str, Combine]] = {
    "upstream-added": ("added to", lambda derivative, upstream: derivative + upstream),
    "upstream-subtracted": ("subtracted from", lambda derivative, upstream: derivative - upstream),
    "derivative-subtracted": ("reduced by", lambda derivative, upstream: upstream - derivative),
    "upstream-divides": ("the divisor of", lambda derivative, upstream: derivative / upstream),
    "derivative-divides": ("divided by", lambda derivative, upstream: upstream / derivative),
    "upstream-as-exponent": ("the exponent of", lambda derivative, upstream: derivative**upstream),
}
"""How derivative and upstream gradient are put together by mistake."""
ELSE = "; everything else is right."
POWER = "**"
"""Stands for a power, among the words of the lines."""
SUM = "sum"
SEEN = -2
"""A power is likelier to be wrong where there is one."""


@dataclass(frozen=True)
class Guess:
    """A slip, and what comes of it on each probe."""

    code: str
    message: str
    values: Callable[[Local], torch.Tensor | None]
    speaks_of: tuple[str, ...] = ()
    """The names that stand in the student's lines, if the message is true."""
    alone: str = ""
    """How the message ends where nothing else is wrong."""
    more: int = 0
    """What it costs beside the costs of its code."""
    unseen: bool = True
    """Whether it may be told where nobody knows the lines."""

    def is_true_of(self, words: frozenset[str] | None) -> bool:
        """Whether the lines have what it says they have; where nobody knows them, any names may be in them."""
        return self.unseen if words is None else words.issuperset(self.speaks_of)


def divided_by(name: str) -> str:
    """Stands for a division by a name, among the words of the lines."""
    return f"/{name}"


def price(guess: Guess) -> int:
    """What it costs to believe it."""
    return cost(Diagnosis(guess.code, "")) + guess.more


def guesses(local: Local, slips: Sequence[Slip]) -> Iterator[Guess]:
    """Every slip there is for a stage, the simplest first."""
    yield Guess("zeros", "The gradient is all zeros.", lambda at: torch.zeros_like(at.gradient))
    yield Guess("sign", "The sign is wrong", lambda at: -at.gradient, alone=ELSE)
    yield from _known(local, slips)
    if local.stage.kind == "value":
        return
    yield from _of_paths(local)
    yield from _unchanged(local)
    yield from _of_axes(local)
    yield from _of_lost_axes(local)
    yield from _of_lookups(local)
    yield from _of_factors(local)
    yield from _of_uses(local)


def _known(local: Local, slips: Sequence[Slip]) -> Iterator[Guess]:
    """Those of the assignment that are in the lines of this stage; of a value, in any that come before it."""
    exercise = local.probe.exercise
    using = exercise.script.lines_using(local.stage.tensor, exercise.cuts)
    lines = {line.target for line in (exercise.script.lines if local.stage.kind == "value" else using)}
    for slip in (slip for slip in slips if lines.intersection(slip.lines)):
        yield Guess(slip.code, slip.message, partial(with_slip, slip=slip))


def _of_paths(local: Local) -> Iterator[Guess]:
    """A use of the tensor that is left out, counted twice, or has the wrong sign."""
    tensor = local.stage.tensor
    if len(local.consumers) < 2:
        return
    for name in local.consumers:
        gone = f"The path through `{name}` is missing: `{tensor}` is used there as well, and each use adds a term."
        yield Guess("missing-path", gone, partial(with_path_times, name=name, times=-1))
        twice = f"The path through `{name}` is counted twice."
        yield Guess("path-twice", twice, partial(with_path_times, name=name, times=1))
        sign = f"The sign of the path through `{name}` is wrong"
        yield Guess("path-sign", sign, partial(with_path_times, name=name, times=-2), alone=ELSE)


def _unchanged(local: Local) -> Iterator[Guess]:
    """Something that was given comes back as it is."""
    name_of = local.probe.assignment.gradient_name
    for name in local.consumers:
        text = f"This is `{name_of(name)}` unchanged: the derivative of the line that makes `{name}` is missing."
        yield Guess("upstream-unchanged", text, partial(upstream, name=name), (name_of(name),))
    for name in (name for name in local.given if name in local.values):
        text = f"This is `{name}`, a value of the forward pass and not a gradient."
        yield Guess("forward-value", text, partial(forward_value, name=name), (name,))


def _of_axes(local: Local) -> Iterator[Guess]:
    """Not summed, summed over another axis, averaged; or transposed."""
    tensor = local.stage.tensor
    text = "The numbers are right, but the shape is not: reshape the gradient to the shape of its tensor."
    yield Guess("not-reshaped", text, lambda at: at.gradient.flatten(1) if at.gradient.ndim > 2 else None)
    yield Guess(
        "transposed",
        "The gradient is transposed: its rows and columns are swapped.",
        lambda at: transposed(at.gradient),
    )
    text = "This is one number, but a gradient has the shape of its tensor: do not sum or average over all of it."
    yield Guess("one-number", text, lambda at: at.gradient.mean() if at.gradient.numel() > 1 else None)
    yield Guess("one-number", text, lambda at: at.gradient.sum() if at.gradient.numel() > 1 else None)
    yield Guess(
        "absolute", "This is the absolute value of the gradient: the signs are lost.", lambda at: at.gradient.abs()
    )
    for name in local.spread:
        text = (
            f"The sum is missing: `{tensor}` was broadcast to the shape of `{name}`, so "
            "sum its gradient over the axes it was copied along."
        )
        yield Guess("not-summed", text, partial(not_summed, name=name))
        text = f"The sum runs over everything: sum only over the axes along which `{tensor}` was broadcast."
        yield Guess("summed-over-all", text, partial(summed_over_all, name=name))
        copied = copied_along(local.tensor.shape, local.spread[name].shape)
        for axis in range(local.spread[name].ndim):
            text = f"The sum runs over the wrong axis: sum over the one along which `{tensor}` was broadcast."
            if axis in copied and len(copied) > 1:
                text = (
                    f"The sum leaves out an axis: `{tensor}` was broadcast along {len(copied)} axes, so add up over "
                    "all of them."
                )
            yield Guess("wrong-axis", text, partial(summed_over, name=name, axis=axis))


def _of_lost_axes(local: Local) -> Iterator[Guess]:
    """An axis that is gone: it was summed or averaged over, or what is the same all along it is there once."""
    shape = tuple(local.gradient.shape)
    for axis in (axis for axis, size in enumerate(shape) if size > 1 and len(shape) > 1):
        what = ("row", "column")[axis] if len(shape) == 2 else f"slice along axis {axis}"
        text = f"Each {what} of the gradient is this one: give it the shape of its tensor, {shape}."
        yield Guess("not-spread", text, partial(the_same_along, axis=axis))
        for done, reduce in (("summed", torch.sum), ("averaged", torch.mean)):
            text = f"The gradient is {done} over axis {axis}: it has to have the shape of its tensor, {shape}."
            yield Guess("axis-gone", text, partial(reduced, axis=axis, reduce=reduce))


def _of_lookups(local: Local) -> Iterator[Guess]:
    """A look-up whose repeated rows keep one gradient only."""
    for name in local.consumers:
        text = "A row that is looked up more than once keeps only one of its gradients: add them all up."
        yield Guess("no-accumulation", text, partial(last_kept, name=name))


def _of_factors(local: Local) -> Iterator[Guess]:
    """Another factor than the derivative of the line, in one of the paths."""
    name_of = local.probe.assignment.gradient_name
    for name in local.consumers:
        text = (
            f"`{name_of(name)}` is missing: multiply the derivative of a line by the gradient of what the line makes."
        )
        yield Guess("upstream-missing", text, partial(with_upstream, name=name))
        for other in local.known:
            if other != name_of(name):
                text = f"`{other}` is used where `{name_of(name)}` belongs."
                yield Guess("wrong-upstream", text, partial(with_upstream, name=name, other=other), (other,))
        for old in local.operands(name):
            for other in local.given:
                if other != old:
                    text = f"`{other}` is used where `{old}` belongs."
                    yield Guess(
                        "wrong-operand",
                        text,
                        partial(with_operand, name=name, old=old, other=other),
                        (other,),
                    )
        if local.upstream[name].shape == local.values[name].shape:
            text = f"The derivative of the line that makes `{name}` is missing: only `{name_of(name)}` is summed."
            yield Guess("no-derivative", text, partial(times_tensor, name=name), (name_of(name), SUM))
            for code, (done, combine) in WAYS.items():
                text = (
                    f"`{name_of(name)}` is {done} the derivative of the line that "
                    f"makes `{name}`: multiply the two instead."
                )
                yield Guess(code, text, partial(combined, name=name, combine=combine), (name_of(name),))
            for other in local.given:
                text = (
                    f"`{name_of(name)}` is multiplied by `{other}`, which is not the "
                    f"derivative of the line that makes `{name}`."
                )
                used = (name_of(name), other)
                yield Guess("wrong-factor", text, partial(times_tensor, name=name, other=other), used)
        yield from _of_powers(local, name)


def _of_powers(local: Local, name: str) -> Iterator[Guess]:
    """One path has a tensor as a factor once more, or once less."""
    where = f" in the path through `{name}`" if len(local.consumers) > 1 else ""
    bases = (local.stage.tensor, name)
    if local.upstream[name].shape == local.values[name].shape:
        for sign, word in ((1, "high"), (-1, "low")):
            for base in bases:
                text = f"The exponent of `{base}` is one too {word}: look at the power rule again."
                powered = partial(with_power, name=name, base=base, sign=sign)
                yield Guess("exponent", text, powered, (base,))
                for seen in (POWER, divided_by(base)):
                    yield Guess("exponent", text, powered, (base, seen), more=SEEN, unseen=False)
    for other in local.given:
        text = f"`{other}` is a factor too much{where}."
        yield Guess("wrong-factor", text, partial(with_power, name=name, base=other, sign=1), (other,), unseen=False)


def _of_uses(local: Local) -> Iterator[Guess]:
    """A use inside the lines that a stage spans, which is left out, counted twice, or has the wrong sign."""
    for made, read in local.uses:
        place = f"the one from `{read}` to `{made}`"
        use = partial(with_use_times, made=made, read=read)
        yield Guess("missing-path", f"A path is missing: {place}.", partial(use, times=-1))
        yield Guess("path-sign", f"One path has the wrong sign: {place}", partial(use, times=-2), alone=ELSE)
        yield Guess("path-twice", f"One path is counted twice: {place}.", partial(use, times=1))
