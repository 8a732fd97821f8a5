# attack: recurse without end
# stages: dCounts
# honest: dSumCounts, dNormalizedLogits
# verdict: error
import torch


def dCounts(counts, sumCountsInverse, dSumCounts, dProbabilities):
    def again(n):
        return again(n + 1)
    return again(0)


def dSumCounts(sumCounts, dSumCountsInverse):
    return -(sumCounts ** -2) * dSumCountsInverse


def dNormalizedLogits(counts, dCounts):
    return counts * dCounts
