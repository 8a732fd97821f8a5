"""Pairs of edits that together may put a stage right, from what is answered with each of them alone.

Slips in two terms of a sum, or in two factors of a product, do not know of each other: what is answered with both
mended follows from what is answered with either.
"""

import torch

from grader.border import AS_IT_IS, Edit

MOST = 6
"""So many pairs of each sort are given."""
ELEMENTS = 64
"""So many elements of an answer are looked at."""
CLOSE = 1e-4
"""How far off what follows may be, as a share of what it has to be."""

Tried = list[tuple[Edit, torch.Tensor]]
"""Edits, and what is answered with each on one probe."""


def pairs(tried: Tried, wanted: torch.Tensor) -> list[tuple[Edit, Edit]]:
    """Edits that would together give what is wanted; the simplest pairs first, and of a pair the simpler edit last.

    Args:
        tried: first the lines as they are, if they answer something in this shape.
        wanted: float64.
    """
    if not tried or tried[0][0].kind != AS_IT_IS or not wanted.numel():
        return []
    edits = [edit for edit, _ in tried]
    some = torch.linspace(0, wanted.numel() - 1, min(ELEMENTS, wanted.numel())).long()
    answers = torch.stack([answer.flatten()[some].double() for _, answer in tried])
    as_it_is, right = answers[0], wanted.flatten()[some]
    sums = _that_meet(answers - as_it_is, right - answers, right - as_it_is)
    ratios, ratio = answers / as_it_is, right / as_it_is
    products = _that_meet(ratios, ratio / ratios, ratio)
    return [(edits[later], edits[earlier]) for earlier, later in dict.fromkeys([*sums, *products])]


def _that_meet(ones: torch.Tensor, others: torch.Tensor, wanted: torch.Tensor) -> list[tuple[int, int]]:
    """The rows of one table that are rows of the other, by their numbers; of those the first few with the least."""
    room = CLOSE * float(wanted.nan_to_num(0.0, 0.0, 0.0).norm())
    far = torch.cdist(ones.nan_to_num(1e30, 1e30, 1e30), others.nan_to_num(-1e30, -1e30, -1e30))
    places = [(one, other) for one, other in (far <= room).nonzero().tolist() if 0 < one < other]
    return sorted(places, key=sum)[:MOST]
