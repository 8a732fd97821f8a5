"""When an answer is what a slip gives, and not only near it."""

import torch

from grader.assignment.tolerance import FLOOR, largest
from grader.judge.compare import align
from grader.judge.why.local import Local

ROUNDING = 2e-5
"""An answer is what a slip gives if it is as near to it as this share of the largest element, and as rounding is."""
NEARER = 0.2
"""Where an answer is off, a slip has to come nearer to it than this share of how far it is off."""


def explains(value: torch.Tensor, given: torch.Tensor, local: Local) -> bool:
    """Whether an answer is this value, within what rounding does here."""
    aligned = align(given, value.shape)
    expected = local.expected
    room = ROUNDING * largest(local.kept(value)) + (expected.tolerance - FLOOR) * expected.scale
    if aligned is None or not value.numel():
        return False
    distance = largest(local.kept(aligned.double() - value))
    whole = align(given, expected.gradient.shape)
    if whole is not None and expected.error(whole) > expected.tolerance:
        room = min(room, NEARER * largest(local.kept(whole.double() - expected.gradient)))
    return distance <= room
