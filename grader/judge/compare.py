"""One answer against what was expected of it."""

import math
from dataclasses import dataclass

import torch

from grader.assignment.probes import COURSE
from grader.assignment.tolerance import Expectation, largest
from grader.result import Verdict, Worst

HIDDEN_DIGITS = 2
"""Of the error on a hidden probe."""


@dataclass(frozen=True)
class Comparison:
    """How an answer compares with its expectation.

    `error` is relative to the largest reference element, None where shapes or values forbid comparing; `aligned` is the
    answer in the reference's shape, where it has that shape but for axes of length 1, and `distance` how far off each
    of its elements is.
    """

    verdict: Verdict
    error: float | None = None
    aligned: torch.Tensor | None = None
    distance: torch.Tensor | None = None


def compare(answer: torch.Tensor, expectation: Expectation, least: float = 0.0) -> Comparison:
    """The verdict of one answer on one probe: `exact`, `approximate`, `shape`, `wrong` or `nonfinite`.

    Args:
        answer: any shape, a real floating-point dtype.
        expectation: its gradient is finite.
        least: of the tolerance.
    """
    reference = expectation.gradient
    aligned = align(answer, reference.shape)
    if aligned is None:
        return Comparison("wrong")
    distance = expectation.distance(aligned)
    error = float(distance.max().item()) / expectation.scale
    if not math.isfinite(error) and not bool(torch.isfinite(aligned).all()):
        return Comparison("nonfinite", None, aligned, distance)
    if not error <= max(expectation.tolerance, least):
        return Comparison("wrong", error, aligned, distance)
    if answer.shape != reference.shape:
        return Comparison("shape", error, aligned, distance)
    same = expectation.exact is not None and equal(answer, expectation.exact)
    return Comparison("exact" if same else "approximate", error, aligned, distance)


def align(answer: torch.Tensor, shape: torch.Size) -> torch.Tensor | None:
    """The answer in the given shape, if it differs from it by axes of length 1 at most."""
    if answer.shape == shape:
        return answer
    if [n for n in answer.shape if n != 1] == [n for n in shape if n != 1]:
        return answer.reshape(shape)
    return None


def equal(answer: torch.Tensor, exact: torch.Tensor) -> bool:
    """Bit for bit the same values, in the same shape."""
    if answer.dtype == exact.dtype:
        return torch.equal(answer, exact)
    return answer.shape == exact.shape and bool((answer == exact).all())


def largest_difference(answer: torch.Tensor, exact: torch.Tensor) -> float | None:
    """The notebook's MaxDiff: the largest absolute difference, None where it is not finite."""
    return finite(largest(answer.double() - exact.double()))


def worst_element(answer: torch.Tensor, reference: torch.Tensor, distance: torch.Tensor) -> Worst:
    """Where an answer is furthest off; one that is not finite counts as furthest."""
    place: list[int] = []
    left = int(distance.nan_to_num(nan=math.inf, posinf=math.inf).argmax())
    for size in reversed(distance.shape):
        left, index = divmod(left, size)
        place.insert(0, index)
    return Worst(place, finite(answer[tuple(place)].item()), finite(reference[tuple(place)].item()))


def told(error: float | None, kind: str) -> float | None:
    """An error as a report has it: on a hidden probe, its last digits could be anything that the code was given."""
    rounded = error is not None and kind != COURSE
    return float(f"{error:.{HIDDEN_DIGITS}g}") if rounded else error


def finite(number: float) -> float | None:
    return float(number) if math.isfinite(number) else None
