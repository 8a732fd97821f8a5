from torch.func import vmap

import torch


def row(inverse, down, beside):
    return inverse * down + beside


def dCounts(counts, sumCountsInverse, dSumCounts, dProbabilities):
    return vmap(row)(sumCountsInverse, dProbabilities, dSumCounts.expand(len(counts), 1))
