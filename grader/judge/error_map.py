"""The error of one answer as a small picture: rows of elements with what they are and should be, for a heatmap."""

import math
from collections.abc import Mapping

import torch

from grader.result import Element, ErrorMap

MOST_SIDE = 48
MOST_CELLS, LEAST_CELLS = 900, 40
"""Of one map."""
CELLS = 1_600
"""Of all maps of a submission together: every cell is text in its report."""
WORST = 8
"""So many elements are told by themselves."""
SMALL = 0.01


def error_maps(off: Mapping[str, tuple[torch.Tensor, torch.Tensor]]) -> dict[str, ErrorMap]:
    """The maps of answers, given with their references; the more of them, the coarser each."""
    most = max(LEAST_CELLS, min(MOST_CELLS, CELLS // max(1, len(off))))
    return {name: error_map(answer, reference, most) for name, (answer, reference) in off.items()}


def error_map(answer: torch.Tensor, reference: torch.Tensor, most: int = MOST_CELLS) -> ErrorMap:
    """The map of an answer of the reference's shape, with so many cells at most."""
    answer, shape = answer.double(), tuple(reference.shape)
    distance = (answer - reference).abs()
    finite = torch.isfinite(distance)
    largest = distance[finite].max().item() if bool(finite.any()) else 0.0
    shares = torch.where(finite, distance / (largest or 1.0), torch.ones(()).double())
    grid = shares.reshape(-1, shape[-1] if shape else 1)
    block = _block(grid.shape[0], grid.shape[1], most)
    _, places = torch.nn.functional.max_pool2d(grid[None], block, ceil_mode=True, return_indices=True)
    worst = torch.topk(shares.flatten(), min(WORST, shares.numel())).indices
    elements = _Elements(answer.flatten(), reference.flatten(), shares.flatten(), shape)
    return ErrorMap(
        rows=[elements.at(row) for row in places[0]],
        block=block,
        worst=[each for each in elements.at(worst) if each.share > SMALL],
        off=int((shares > SMALL).sum()),
        largest=largest,
        shape=shape,
    )


class _Elements:
    """The elements of an answer by their flat place."""

    def __init__(
        self, answer: torch.Tensor, reference: torch.Tensor, shares: torch.Tensor, shape: tuple[int, ...]
    ) -> None:
        self._answer, self._reference, self._shares, self._shape = answer, reference, shares, shape

    def at(self, places: torch.Tensor) -> list[Element]:
        got, expected, shares = (each[places].tolist() for each in (self._answer, self._reference, self._shares))
        indices = [_index(place, self._shape) for place in places.tolist()]
        return [Element(*each) for each in zip(indices, got, expected, shares, strict=True)]


def _index(place: int, shape: tuple[int, ...]) -> list[int]:
    index: list[int] = []
    for size in reversed(shape):
        place, last = divmod(place, size)
        index.insert(0, last)
    return index


def _block(rows: int, columns: int, most: int) -> tuple[int, int]:
    """How many rows and columns of elements a cell stands for, so that there are no more cells than that."""
    share = min(1.0, math.sqrt(most / (rows * columns)))
    high = max(1, min(rows, MOST_SIDE, round(rows * share)))
    wide = max(1, min(columns, MOST_SIDE, most // high))
    high = max(high, min(rows, MOST_SIDE, most // wide))
    return math.ceil(rows / high), math.ceil(columns / wide)
