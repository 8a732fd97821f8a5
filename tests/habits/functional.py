import operator
from functools import lru_cache, partial, reduce
from itertools import starmap

import torch

times = partial(reduce, operator.mul)


@lru_cache(maxsize=None)
def ones(rows, columns):
    return torch.ones(rows, columns)


def dCounts(counts, sumCountsInverse, dSumCounts, dProbabilities):
    parts = starmap(
        lambda *factors: times(factors), [(sumCountsInverse, dProbabilities), (ones(*counts.shape), dSumCounts)]
    )
    return reduce(operator.add, parts)


def dNormalizedLogits(counts, dCounts):
    return times([counts, dCounts])
