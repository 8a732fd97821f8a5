# attack: a constant that takes all memory
# stages: dCounts
# honest: dSumCounts, dNormalizedLogits
# verdict: wrong
import torch

x = "x" * 10**11


def dCounts(counts, sumCountsInverse, dSumCounts, dProbabilities):
    return torch.zeros_like(counts)


def dSumCounts(sumCounts, dSumCountsInverse):
    return -(sumCounts ** -2) * dSumCountsInverse


def dNormalizedLogits(counts, dCounts):
    return counts * dCounts
