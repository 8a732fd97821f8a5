"""Where an answer is off, as rows of cells that tell what is there when pointed at, and as text."""

import math
from dataclasses import dataclass

from grader.report.verdicts import number
from grader.result import Element, ErrorMap

LEVELS = 9
"""How many shades there are; the first is no error that could be seen."""
HEIGHTS = ((4, "few"), (16, "some"), (48, "many"))
"""How a map of so many rows at most is called: the more rows, the lower each."""


@dataclass(frozen=True)
class Heatmap:
    """What the template draws. A cell is its shade and what it says."""

    rows: list[list[tuple[int, str]]]
    height: str
    caption: str
    worst: list[tuple[str, str, str, str]]
    """Index, got, expected and difference of the elements that are furthest off."""


def heatmap(errors: ErrorMap) -> Heatmap:
    """The heatmap of one answer."""
    return Heatmap(
        rows=[[(_shade(each.share), _says(each)) for each in row] for row in errors.rows],
        height=next((name for most, name in HEIGHTS if len(errors.rows) <= most), HEIGHTS[-1][1]),
        caption=_caption(errors),
        worst=[(str(each.index), number(each.got), number(each.expected), _difference(each)) for each in errors.worst],
    )


def _shade(share: float) -> int:
    """The square root shows small errors beside large ones."""
    return min(LEVELS, round(LEVELS * math.sqrt(share)))


def _says(each: Element) -> str:
    return f"{each.index}: got {number(each.got)}, expected {number(each.expected)}, off by {_difference(each)}"


def _difference(each: Element) -> str:
    return number(abs(each.got - each.expected))


def _caption(errors: ErrorMap) -> str:
    total = math.prod(errors.shape)
    few = "The element is" if total == 1 else f"{errors.off:,} of {total:,} elements are"
    text = f"{few} off by more than a hundredth of the largest error, {number(errors.largest)}."
    if errors.block != (1, 1):
        text += (
            f" Each cell stands for a block of {errors.block[0]} by {errors.block[1]} "
            "elements, and shows the worst of them."
        )
    return text
