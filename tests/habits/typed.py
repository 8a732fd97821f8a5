from __future__ import annotations

from typing import NamedTuple, Optional, Tuple

import torch


class Pair(NamedTuple):
    first: torch.Tensor
    second: "torch.Tensor"


def both(a: torch.Tensor, b: Optional[torch.Tensor] = None) -> Tuple[torch.Tensor, ...]:
    pair: Pair = Pair(a, a if b is None else b)
    return tuple(pair)


def dNormalizedLogits(counts: torch.Tensor, dCounts: "torch.Tensor") -> torch.Tensor:
    first, second = both(counts, dCounts)
    return first * second
