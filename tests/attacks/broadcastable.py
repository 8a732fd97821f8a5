# attack: one number, hoping that the comparison broadcasts
# stages: dCounts
# honest: dSumCounts, dNormalizedLogits
# verdict: wrong
import torch


def dCounts(counts, sumCountsInverse, dSumCounts, dProbabilities):
    return torch.zeros(1, 1)


def dSumCounts(sumCounts, dSumCountsInverse):
    return -(sumCounts ** -2) * dSumCountsInverse


def dNormalizedLogits(counts, dCounts):
    return counts * dCounts
