# attack: an error message of a hundred megabytes
# stages: dCounts
# honest: dSumCounts, dNormalizedLogits
# verdict: error
import torch


def dCounts(counts, sumCountsInverse, dSumCounts, dProbabilities):
    raise ValueError('x' * 10 ** 8)


def dSumCounts(sumCounts, dSumCountsInverse):
    return -(sumCounts ** -2) * dSumCountsInverse


def dNormalizedLogits(counts, dCounts):
    return counts * dCounts
