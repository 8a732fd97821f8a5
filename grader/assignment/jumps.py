"""Which elements of a gradient jump when what it is made from moves by a rounding error: they are on a tie or a kink.

To either side of it the gradient is another one, however near; where it only changes quickly, a short way changes it by
little. So each direction is gone twice: all the way, and a small share of it.
"""

from collections.abc import Callable, Mapping
from typing import TypeVar

import torch

from grader.assignment.tolerance import CLEAR, FACTOR, FLOOR, largest

MUCH = (CLEAR - FLOOR) / FACTOR
"""Of the largest element: what moves by less leaves the tolerance small enough to tell right from wrong."""
LITTLE = FLOOR / FACTOR
"""What jumps by less is no more than rounding."""
SHORT = 2**-13
"""Of the way."""
BENT = 16
"""A jump is so many times as much over the short way, or over the rest, as it would be in proportion."""
FEWEST, MOST = 16, 256
"""Directions that are tried where something jumps; of many equal elements, each direction puts but two in front."""
OFTEN = 4
"""Directions are tried until each element that jumps has done so in this many."""

Key = TypeVar("Key")
Direction = Callable[[float], Mapping[Key, torch.Tensor]]
"""From how far it is gone, as a share of a rounding error to either side, to the gradients there."""


def moves(still: torch.Tensor, moved: torch.Tensor, cancelling: float = 0.0) -> bool:
    """Whether a gradient moves by so much that it may jump.

    Args:
        still: where nothing is moved.
        moved: where something is.
        cancelling: the size of what cancels in it.
    """
    return bool(_beyond(MUCH, still, moved, cancelling).any())


def bends(still: torch.Tensor, near: torch.Tensor, moved: torch.Tensor) -> torch.Tensor:
    """Where it does not change in proportion to how far it is moved."""
    part, whole = (near - still).abs(), (moved - still).abs()
    return ~((part >= SHORT / BENT * whole) & (part <= SHORT * BENT * whole))


def jumping(
    still: Mapping[Key, torch.Tensor],
    cancelling: Mapping[Key, float],
    direction: Callable[[], Direction[Key]],
    *,
    thorough: bool,
) -> dict[Key, torch.Tensor]:
    """Where each gradient jumps, True in a tensor of its shape; without those that jump nowhere.

    Args:
        still: the gradients where nothing is moved.
        cancelling: the size of what cancels in each.
        direction: draws the next way to move what they are made from.
        thorough: whether to go on until every element that jumps is likely to have been seen.
    """
    often = {key: torch.zeros(gradient.shape, dtype=torch.int64) for key, gradient in still.items()}
    for number in range(1, MOST + 1):
        go = direction()
        for sign in (1, -1):
            _look(still, cancelling, go, sign, often)
        if not thorough or _is_enough(number, often):
            break
    return {key: count > 0 for key, count in often.items() if bool(count.any())}


def _look(
    still: Mapping[Key, torch.Tensor],
    cancelling: Mapping[Key, float],
    go: Direction[Key],
    sign: int,
    often: Mapping[Key, torch.Tensor],
) -> None:
    """Count the elements that jump on the way to one side; a short way is gone where that may be a new one."""
    moved = go(sign)
    far = {key: _beyond(LITTLE, still[key], moved[key], cancelling[key]) for key in still}
    if any(bool((far[key] & (often[key] == 0)).any()) for key in still):
        near = go(sign * SHORT)
        far = {key: far[key] & ((often[key] > 0) | bends(still[key], near[key], moved[key])) for key in still}
    for key, seen in far.items():
        often[key].add_(seen)


def _beyond(share: float, still: torch.Tensor, moved: torch.Tensor, cancelling: float) -> torch.Tensor:
    """Where a gradient moves by more than a share of the largest element; what is not finite does."""
    size = max(largest(still), _largest_number(moved), cancelling)
    return ~((moved - still).abs() <= share * size)


def _largest_number(tensor: torch.Tensor) -> float:
    return largest(tensor.nan_to_num(0.0, 0.0, 0.0))


def _is_enough(number: int, often: Mapping[Key, torch.Tensor]) -> bool:
    seen = [count[count > 0] for count in often.values()]
    if not any(each.numel() for each in seen):
        return True
    return number >= FEWEST and all(int(each.min()) >= OFTEN for each in seen if each.numel())
