# attack: ask for one's own gradient, and for everything
# stages: dCounts
# honest: dSumCounts, dNormalizedLogits
# verdict: error
import torch


def dCounts(dCounts, expected=None, **everything):
    return dCounts


def dSumCounts(sumCounts, dSumCountsInverse):
    return -(sumCounts ** -2) * dSumCountsInverse


def dNormalizedLogits(counts, dCounts):
    return counts * dCounts
