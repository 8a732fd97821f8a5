# attack: an endless loop in C, with the lock held
# stages: dCounts
# honest: dSumCounts, dNormalizedLogits
# verdict: timeout
import torch


def dCounts(counts, sumCountsInverse, dSumCounts, dProbabilities):
    return sum(range(10 ** 15))


def dSumCounts(sumCounts, dSumCountsInverse):
    return -(sumCounts ** -2) * dSumCountsInverse


def dNormalizedLogits(counts, dCounts):
    return counts * dCounts
