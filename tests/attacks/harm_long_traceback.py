# attack: a chain of a hundred thousand exceptions
# stages: dCounts
# honest: dSumCounts, dNormalizedLogits
# verdict: error
import torch


def dCounts(counts, sumCountsInverse, dSumCounts, dProbabilities):
    error = None
    for _ in range(100000):
        new = ValueError('x')
        new.__cause__ = error
        error = new
    raise error


def dSumCounts(sumCounts, dSumCountsInverse):
    return -(sumCounts ** -2) * dSumCountsInverse


def dNormalizedLogits(counts, dCounts):
    return counts * dCounts
