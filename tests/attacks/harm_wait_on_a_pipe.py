# attack: read from a pipe that nobody writes to
# stages: dCounts
# honest: dSumCounts, dNormalizedLogits
# verdict: timeout
# limits: short
import torch


def dCounts(counts, sumCountsInverse, dSumCounts, dProbabilities):
    import os
    r, w = os.pipe()
    return os.read(r, 1)


def dSumCounts(sumCounts, dSumCountsInverse):
    return -(sumCounts ** -2) * dSumCountsInverse


def dNormalizedLogits(counts, dCounts):
    return counts * dCounts
