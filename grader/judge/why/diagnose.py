"""Why a gradient is wrong: it is compared with what it would be under each slip that is known.

A slip is named only if it explains the answer on every probe. The slips follow from the graph, for any assignment;
those that an assignment knows of itself come first, since they say more.
"""

import re
from collections.abc import Sequence
from dataclasses import replace

import torch

from grader.assignment.stage import Slip
from grader.assignment.tolerance import largest
from grader.border import Answer
from grader.judge.compare import align
from grader.judge.why.factors import scalings, wrong_factor, wrong_power
from grader.judge.why.guesses import Guess, guesses
from grader.judge.why.local import Local
from grader.judge.why.near import explains
from grader.result import Diagnosis

PROBES = 3
"""A slip has to explain at least so many."""


def diagnose(locals_: Sequence[Local], answers: Sequence[Answer], slips: Sequence[Slip]) -> Diagnosis | None:
    """The simplest slip that explains all the answers, if there is one.

    Args:
        locals_: the stage, on each probe.
        answers: of the stage, on each probe.
        slips: what the assignment knows of.
    """
    if misshapen := _typed_in(locals_, answers) or _broadcast(locals_, answers):
        return misshapen
    both = zip(locals_, answers, strict=True)
    pairs = [(local, answer.tensor) for local, answer in both if answer.tensor is not None]
    if len(pairs) < min(PROBES, len(locals_)) or any(not bool(torch.isfinite(given).all()) for _, given in pairs):
        return None
    explaining = (each for guess in guesses(pairs[0][0], slips) if (each := _explained(guess, pairs)))
    if first := next(explaining, None):
        other = next((each.message for each in explaining if each.code != first.code), "")
        return replace(first, other=other)
    for scaled in scalings(pairs[0][0]):
        if found := wrong_factor(scaled, pairs):
            return found
    power = wrong_power(pairs) if pairs[0][0].stage.kind == "gradient" else None
    return power or _rounded(pairs)


def _typed_in(locals_: Sequence[Local], answers: Sequence[Answer]) -> Diagnosis | None:
    """A size of the course that comes back in the shape, or in the exception, on every probe that has another."""
    course, *others = zip(locals_, answers, strict=True)
    if course[1].tensor is None or course[1].tensor.shape != course[0].gradient.shape:
        return None
    for name, size in course[0].probe.sizes.items():
        tried = [(local, answer) for local, answer in others if size not in local.probe.sizes.values()]
        if tried and all(_stays(size, local, answer) for local, answer in tried):
            return Diagnosis("typed-in-size", f"{size} is typed in where `{name}` belongs.")
    return None


def _broadcast(locals_: Sequence[Local], answers: Sequence[Answer]) -> Diagnosis | None:
    """A row and a column of the same numbers that became a square on every probe: an axis is lost, or swapped."""
    squares = []
    for local, answer in zip(locals_, answers, strict=True):
        longest = max(local.gradient.shape, default=1)
        if answer.tensor is None or local.gradient.numel() != longest or answer.tensor.shape != (longest, longest):
            return None
        squares.append(longest)
    if max(squares) < 2:
        return None
    shapes = f"a column ({squares[0]}, 1) was combined with a row"
    return Diagnosis("broadcast", f"An axis is swapped, or a sum without keepdims lost it: {shapes}.")


def _stays(size: int, local: Local, answer: Answer) -> bool:
    if answer.fault:
        message = answer.fault.anywhere or answer.fault.message  # a line's number is no size
        return answer.fault.type.endswith("Error") and re.search(rf"\b{size}\b", message) is not None
    shape = [] if answer.tensor is None else list(answer.tensor.shape)
    return size in shape and shape != list(local.gradient.shape)


def _explained(guess: Guess, pairs: Sequence[tuple[Local, torch.Tensor]]) -> Diagnosis | None:
    furthest = 0.0
    for local, given in pairs:
        value = guess.values(local)
        if value is None or not explains(value, given, local):
            return None
        aligned = align(given, value.shape)
        assert aligned is not None
        furthest = max(furthest, largest(aligned.double() - value) / (largest(value) or 1.0))
    return Diagnosis(guess.code, guess.message, distance=furthest)


def _rounded(pairs: Sequence[tuple[Local, torch.Tensor]]) -> Diagnosis | None:
    """Every number of the answer has the digits of a narrow dtype, and is right to as many."""
    for dtype in (torch.float16, torch.bfloat16):
        precision = 4 * torch.finfo(dtype).eps
        for local, given in pairs:
            aligned = align(given, local.gradient.shape)
            expected = local.probe.expected[local.stage.name]
            if (
                aligned is None
                or expected.cancelling
                or not bool((aligned.to(dtype).to(aligned.dtype) == aligned).all())
            ):
                break
            if expected.error(aligned) > precision:
                break
        else:
            return Diagnosis(
                "dtype", f"The gradient is computed in {str(dtype).removeprefix('torch.')}: stay in float32."
            )
    return None
