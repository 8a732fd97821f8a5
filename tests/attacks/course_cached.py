# attack: cache the answer of the course batch and give it for all
# stages: dCounts
# honest: dSumCounts, dNormalizedLogits
# verdict: overfit
import torch

CACHE = {}


def dCounts(counts, sumCountsInverse, dSumCounts, dProbabilities):
    if 'x' not in CACHE:
        CACHE['x'] = sumCountsInverse * dProbabilities + torch.ones_like(counts) * dSumCounts
    return CACHE['x']


def dSumCounts(sumCounts, dSumCountsInverse):
    return -(sumCounts ** -2) * dSumCountsInverse


def dNormalizedLogits(counts, dCounts):
    return counts * dCounts
