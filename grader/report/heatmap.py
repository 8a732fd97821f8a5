"""Where an answer is off, as rows of cells that tell what is there when pointed at, and as text."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from types import MappingProxyType
from typing import NamedTuple

from grader.report.verdicts import number
from grader.result import Element, ErrorMap

LEVELS = 9
"""How many shades there are; the first is no error that could be seen."""
HEIGHTS = ((4, "few"), (16, "some"), (48, "many"))
"""How a map of so many rows at most is called: the more rows, the lower each."""


class HeatmapCell(NamedTuple):
    """A shade, and the numbers behind it."""

    shade: int
    place: str
    got: str
    expected: str
    off: str


@dataclass(frozen=True)
class Heatmap:
    """What the template draws."""

    rows: list[list[HeatmapCell]]
    height: str
    across: str
    """What its columns are; empty where there is one only, like `down` for its rows."""
    down: str
    largest: str
    """The error that the darkest shade stands for."""
    caption: str
    worst: list[tuple[str, str, str, str]]
    """Index, got, expected and difference of the elements that are furthest off."""


def heatmap(errors: ErrorMap, sizes: Mapping[str, int] = MappingProxyType({})) -> Heatmap:
    """The heatmap of one answer, its axes called by the sizes that they have."""
    *rows, columns = errors.shape or (1,)
    return Heatmap(
        rows=[[_cell(each) for each in row] for row in errors.rows],
        height=next((name for most, name in HEIGHTS if len(errors.rows) <= most), HEIGHTS[-1][1]),
        across=_axes([columns], sizes),
        down=_axes(rows, sizes),
        largest=number(errors.largest),
        caption=_caption(errors),
        worst=[(str(each.index), number(each.got), number(each.expected), _difference(each)) for each in errors.worst],
    )


def _axes(lengths: Sequence[int], sizes: Mapping[str, int]) -> str:
    """`batchSize * blockSize (96)`; an axis that could be several sizes is told by its length alone."""
    total = math.prod(lengths)
    names = [_size(length, sizes) for length in lengths if length > 1]
    return "" if total == 1 else f"{' * '.join(names)} ({total})" if all(names) else f"{total} of them"


def _size(length: int, sizes: Mapping[str, int]) -> str:
    """The one size, or product of two, that is so long; empty where none is, or more than one."""
    alone = [name for name, size in sizes.items() if size == length]
    pairs = [f"{one} * {other}" for (one, a), (other, b) in combinations(sizes.items(), 2) if a * b == length]
    found = alone or pairs
    return found[0] if len(found) == 1 else ""


def _shade(share: float) -> int:
    """The square root shows small errors beside large ones."""
    return min(LEVELS, round(LEVELS * math.sqrt(share)))


def _cell(each: Element) -> HeatmapCell:
    place = ",".join(map(str, each.index))
    return HeatmapCell(_shade(each.share), place, number(each.got), number(each.expected), _difference(each))


def _difference(each: Element) -> str:
    return number(abs(each.got - each.expected))


def _caption(errors: ErrorMap) -> str:
    total = math.prod(errors.shape)
    few = "The element is" if total == 1 else f"{errors.off:,} of {total:,} elements are"
    text = f"{few} off by more than a hundredth of the largest error."
    if errors.block != (1, 1):
        text += f" Each cell shows the worst of {errors.block[0]} by {errors.block[1]} elements."
    return text
