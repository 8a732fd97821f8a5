from collections import OrderedDict, namedtuple
from enum import Enum

import torch


class Way(Enum):
    DIRECT = "direct"
    NORMALISER = "normaliser"


Part = namedtuple("Part", "way value")


def dCounts(counts, sumCountsInverse, dSumCounts, dProbabilities):
    parts = OrderedDict()
    for part in (
        Part(Way.DIRECT, sumCountsInverse * dProbabilities),
        Part(Way.NORMALISER, torch.ones_like(counts) * dSumCounts),
    ):
        parts[part.way] = part.value
    match len(parts):
        case 2:
            return parts[Way.DIRECT] + parts[Way.NORMALISER]
        case _:
            raise RuntimeError("two ways lead here")
