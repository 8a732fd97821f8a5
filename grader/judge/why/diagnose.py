"""Why a gradient is wrong: it is compared with what it would be under each slip that is known.

A slip is named only if it explains the answer on every probe. The slips follow from the graph, for any assignment;
of all that explain it, the one is told that costs the least to believe.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

import torch

from grader.assignment.stage import Slip
from grader.assignment.tolerance import largest
from grader.border import Answer
from grader.judge.compare import align
from grader.judge.why.costs import cost
from grader.judge.why.doubles import two_slips
from grader.judge.why.factors import scalings, wrong_factor, wrong_power
from grader.judge.why.guesses import Guess, guesses, price
from grader.judge.why.local import Local
from grader.judge.why.near import explains
from grader.result import Diagnosis

OF_RANK = 2
SMALL = 1e-4
PROBES = 3
"""A slip has to explain at least so many."""


def diagnose(
    locals_: Sequence[Local], answers: Sequence[Answer], slips: Sequence[Slip], words: frozenset[str] | None = None
) -> Diagnosis | None:
    """Of the slips that explain all the answers, the one that is believed most easily.

    Args:
        locals_: the stage, on each probe.
        answers: of the stage, on each probe.
        slips: what the assignment knows of.
        words: what the student's lines are made of; None where nobody knows.
    """
    if misshapen := _typed_in(locals_, answers) or _broadcast(locals_, answers):
        return misshapen
    both = zip(locals_, answers, strict=True)
    pairs = [(local, answer.tensor) for local, answer in both if answer.tensor is not None]
    if len(pairs) < min(PROBES, len(locals_)) or any(not bool(torch.isfinite(given).all()) for _, given in pairs):
        return None
    known = [guess for guess in guesses(pairs[0][0], slips) if guess.is_true_of(words)]
    zeros = next((each for guess in known if guess.code == "zeros" and (each := _explained(guess, pairs))), None)
    if zeros and pairs[0][0].stage.kind == "gradient":  # of a value, the assignment may know where they come from
        return zeros
    explaining = [(price(guess), each) for guess in known if (each := _explained(guess, pairs))]
    explaining += [(cost(each), each) for each in _scaled(pairs, words)]
    if not explaining:
        return _rounded(pairs) or two_slips(pairs, known, slips)
    best, *others = (each for _, each in sorted(explaining, key=lambda pair: pair[0]))
    other = next((each.message for each in others if each.code != best.code), "")
    return replace(best, other=other)


def _scaled(pairs: Sequence[tuple[Local, torch.Tensor]], words: frozenset[str] | None) -> Iterator[Diagnosis]:
    """A factor or a power too much, of the whole or of a part of it."""
    for scaled in scalings(pairs[0][0]):
        if found := wrong_factor(scaled, pairs):
            yield found
            return
    if pairs[0][0].stage.kind == "gradient" and (power := wrong_power(pairs, words)):
        yield power


def _typed_in(locals_: Sequence[Local], answers: Sequence[Answer]) -> Diagnosis | None:
    """A size of the course that comes back in the shape, or in the exception, on every probe that has another."""
    course, *others = zip(locals_, answers, strict=True)
    if course[1].tensor is None or course[1].tensor.shape != course[0].gradient.shape:
        return None
    for name, size in course[0].probe.numbers.items():
        tried = [(local, answer) for local, answer in others if size not in local.probe.numbers.values()]
        if isinstance(size, int) and tried and all(_stays(size, local, answer) for local, answer in tried):
            return Diagnosis("typed-in-size", f"{size} is typed in where `{name}` belongs.")
    return None


def _broadcast(locals_: Sequence[Local], answers: Sequence[Answer]) -> Diagnosis | None:
    """A row and a column of the same numbers that became a square on every probe: an axis is lost, or swapped."""
    squares, diagonal, outer = [], True, True
    for local, answer in zip(locals_, answers, strict=True):
        longest = max(local.gradient.shape, default=1)
        if answer.tensor is None or local.gradient.numel() != longest or answer.tensor.shape != (longest, longest):
            return None
        squares.append(longest)
        diagonal = diagonal and explains(local.gradient, answer.tensor.diagonal().reshape(local.gradient.shape), local)
        outer = outer and _is_of_row_and_column(answer.tensor)
    if max(squares) < 2:
        return None
    if diagonal and not outer:
        text = "This is a matrix product, and the gradient is its diagonal: multiply element by element, then sum."
        return Diagnosis("diagonal", text)
    if not outer:
        return None
    shapes = f"a column ({squares[0]}, 1) was combined with a row"
    return Diagnosis("broadcast", f"An axis is swapped, or a sum without keepdims lost it: {shapes}.")


def _is_of_row_and_column(square: torch.Tensor) -> bool:
    """Whether a square can be a row and a column, multiplied or added."""
    if len(square) <= OF_RANK or not bool(torch.isfinite(square).all()):
        return True
    values = torch.linalg.svdvals(square.double())
    return bool(values[OF_RANK] <= SMALL * values[0])


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
        distance = largest(local.kept(aligned.double() - value))
        furthest = max(furthest, distance / (largest(local.kept(value)) or 1.0))
    return Diagnosis(guess.code, f"{guess.message}{guess.alone}", distance=furthest)


def _rounded(pairs: Sequence[tuple[Local, torch.Tensor]]) -> Diagnosis | None:
    """Every number of the answer has the digits of a narrow dtype, and is right to as many."""
    for dtype in (torch.float16, torch.bfloat16):
        precision = 4 * torch.finfo(dtype).eps
        for local, given in pairs:
            aligned = align(given, local.gradient.shape)
            expected = local.expected
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
