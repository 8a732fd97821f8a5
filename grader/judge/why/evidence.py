"""Where a wrong gradient is off, and by what: the pattern of its error, and the numbers behind a diagnosis."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

import torch

from grader.assignment.probes import COURSE
from grader.assignment.tolerance import largest
from grader.border import Answer
from grader.judge.compare import align
from grader.judge.why.local import Local
from grader.result import Diagnosis

NEAR = 1e-3
"""A pattern holds if what is left over is less than this share of the largest element."""
FEW = 8
"""So many rows or columns are told by their numbers."""


@dataclass(frozen=True)
class Off:
    """An answer that is off somewhere on one probe; float64, of the reference's shape, zero where that jumps."""

    local: Local
    answer: torch.Tensor

    @property
    def reference(self) -> torch.Tensor:
        return self.local.kept(self.local.gradient)

    @cached_property
    def error(self) -> torch.Tensor:
        return self.answer - self.reference

    @cached_property
    def where(self) -> torch.Tensor:
        """True where it is off by more than the tolerance."""
        expected = self.local.expected
        return ~(self.error.abs() <= expected.tolerance * expected.scale)


def pattern(locals_: Sequence[Local], answers: Sequence[Answer]) -> str:
    """What the error looks like on every probe on which there is one, in a sentence; empty where it cannot be compared.

    Args:
        locals_: the stage, on each probe.
        answers: of the stage, on each probe.
    """
    off = _off(locals_, answers)
    for describe in PATTERNS:
        told = [describe(each) for each in off]
        if told and all(told):
            return told[0]
    return ""


def evidence(locals_: Sequence[Local], answers: Sequence[Answer], diagnosis: Diagnosis | None) -> list[str]:
    """The numbers behind a verdict and its diagnosis, a sentence each."""
    lines = []
    if diagnosis and diagnosis.distance is not None:
        lines.append(
            f"On every probe, this slip gives the answer to within {diagnosis.distance:.1g} of the largest element."
        )
    return [*lines, *(_told(each) for each in _off(locals_, answers)), *_broadcasts(locals_[0])]


def _off(locals_: Sequence[Local], answers: Sequence[Answer]) -> list[Off]:
    found = []
    for local, answer in zip(locals_, answers, strict=True):
        aligned = None if answer.tensor is None else align(answer.tensor, local.gradient.shape)
        if aligned is not None and aligned.numel() and bool(torch.isfinite(aligned).all()):
            off = Off(local, local.kept(aligned.double()))
            found += [off] if bool(off.where.any()) else []
    return found


def percent(count: int, total: int) -> str:
    """A share for people; only all of it is 100 %, and only nothing 0 %."""
    share = 100 * count / total
    return (
        f"{share:.0f} %"
        if round(share) not in (0, 100) or count in (0, total)
        else f"{min(max(share, 0.1), 99.9):.1f} %"
    )


def _told(off: Off) -> str:
    count, total = int(off.where.sum()), off.where.numel()
    text = f"On the probe '{off.local.probe.name}', {count} of {total} elements are off ({percent(count, total)})"
    if off.where.ndim == 2 and count < total:
        for axis, name in enumerate(("row", "column")):
            hit = off.where.any(1 - axis).nonzero()[:, 0].tolist()
            if 2 * len(hit) <= off.where.shape[axis]:
                text += f", in {_numbered(name, hit)} of {off.where.shape[axis]}"
    clear = off.where & (off.reference.abs() > NEAR * largest(off.reference))
    if bool(clear.any()):
        ratios = off.answer[clear] / off.reference[clear]
        low, middle, high = (float(torch.quantile(ratios[:10_000], share)) for share in (0.0, 0.5, 1.0))
        digits = 4 if off.local.probe.kind == COURSE else 3
        told = (f"{ratio:.{digits}g}" for ratio in (low, high, middle))
        text += "; answer / reference is {} to {} there, {} in the middle".format(*told)
    return text + "."


def _numbered(name: str, places: Sequence[int]) -> str:
    if len(places) > FEW:
        return f"{len(places)} {name}s"
    plural = "" if len(places) == 1 else "s"
    return f"{name}{plural} {', '.join(str(place) for place in places)}"


def _broadcasts(local: Local) -> Iterator[str]:
    if local.stage.kind == "value":
        return
    for name, spread in local.spread.items():
        shape = tuple(local.tensor.shape)
        padded = (1,) * (spread.ndim - len(shape)) + shape
        axes = [str(axis) for axis, size in enumerate(padded) if size != spread.shape[axis]]
        yield (
            f"`{local.stage.tensor}` {shape} is broadcast to the shape of `{name}` {tuple(spread.shape)}, along axis "
            f"{' and '.join(axes)}."
        )


def _one_row(off: Off) -> str:
    return _one(off, 0, "row")


def _one_column(off: Off) -> str:
    return _one(off, 1, "column")


def _one(off: Off, axis: int, name: str) -> str:
    if off.where.ndim != 2 or min(off.where.shape) < 2:
        return ""
    hit = off.where.any(1 - axis).nonzero()
    return f"Only {name} {int(hit[0])} is off." if len(hit) == 1 else ""


def _at_index(off: Off) -> str:
    for name, chosen in _indexed(off):
        if not bool((off.where & ~chosen).any()):
            return f"Only one element of each row is off: the one that `{name}` points at."
    return ""


def _but_at_index(off: Off) -> str:
    for name, chosen in _indexed(off):
        if bool((off.where == ~chosen).all()):
            return f"Everything is off except the element of each row that `{name}` points at."
    return ""


def _indexed(off: Off) -> Iterator[tuple[str, torch.Tensor]]:
    """For each index with one column for each row, where it points."""
    shape = off.where.shape
    for name, value in off.local.values.items():
        if len(shape) == 2 and isinstance(value, torch.Tensor) and value.dtype == torch.int64:
            if value.shape == shape[:1] and bool((value >= 0).all()) and bool((value < shape[1]).all()):
                yield name, torch.zeros(shape, dtype=torch.bool).scatter_(1, value[:, None], value=True)


def _at_maximum(off: Off) -> str:
    tensor = off.local.tensor
    if tensor.ndim != 2 or tensor.shape[1] < 2 or tensor.shape != off.where.shape:
        return ""
    chosen = tensor == tensor.max(1, keepdim=True).values
    return (
        ""
        if bool((off.where & ~chosen).any())
        else f"Only the largest element of each row of `{off.local.stage.tensor}` is off."
    )


def _in_sign(off: Off) -> str:
    left = largest(off.answer.abs() - off.reference.abs())
    return "The absolute values are right, but some signs are wrong." if left <= NEAR * largest(off.reference) else ""


def _by_ratio(off: Off) -> str:
    if off.answer.numel() < 2 or _left_over(off, None) > NEAR:
        return ""
    return "The gradient is off by a factor, and the factor is different on each probe."


def _by_ratio_in_rows(off: Off) -> str:
    return _ratio_along(off, 1, "row")


def _by_ratio_in_columns(off: Off) -> str:
    return _ratio_along(off, 0, "column")


def _ratio_along(off: Off, axis: int, name: str) -> str:
    if off.answer.ndim != 2 or off.answer.shape[axis] < 3 or _left_over(off, axis) > NEAR:
        return ""
    return f"Each {name} is off by its own factor."


def _left_over(off: Off, axis: int | None) -> float:
    """What is left when the reference is taken times the factor that fits best, along an axis or over everything."""
    both, squares = off.answer * off.reference, off.reference * off.reference
    if axis is not None:
        both, squares = both.sum(axis, keepdim=True), squares.sum(axis, keepdim=True)
    else:
        both, squares = both.sum(), squares.sum()
    factors = both / squares.clamp_min(torch.finfo(torch.float64).tiny)
    return largest(off.answer - factors * off.reference) / (largest(off.answer) or 1.0)


def _by_difference(off: Off) -> str:
    spread = off.error - off.error.mean()
    if off.error.numel() < 2 or largest(spread) > NEAR * largest(off.error):
        return ""
    return "Every element is off by the same number."


def _by_outer_product(off: Off) -> str:
    if off.error.ndim != 2 or min(off.error.shape) < 3:
        return ""
    first, second, *_ = torch.linalg.svdvals(off.error).tolist()
    if second > NEAR * first:
        return ""
    return "The error is an outer product: one number for each row times one for each column."


def _anywhere(off: Off) -> str:
    count, total = int(off.where.sum()), off.where.numel()
    which = "All elements" if count == total else f"{percent(count, total)} of the elements"
    return f"{which} are off, in no pattern the grader knows."


PATTERNS: tuple[Callable[[Off], str], ...] = (
    _at_index,
    _but_at_index,
    _at_maximum,
    _one_row,
    _one_column,
    _in_sign,
    _by_ratio,
    _by_ratio_in_rows,
    _by_ratio_in_columns,
    _by_difference,
    _by_outer_product,
    _anywhere,
)
"""What is looked for, the most telling first."""
