# attack: an endless loop
# stages: dCounts
# honest: dSumCounts, dNormalizedLogits
# verdict: timeout
import torch


def dCounts(counts, sumCountsInverse, dSumCounts, dProbabilities):
    while True:
        pass


def dSumCounts(sumCounts, dSumCountsInverse):
    return -(sumCounts ** -2) * dSumCountsInverse


def dNormalizedLogits(counts, dCounts):
    return counts * dCounts
