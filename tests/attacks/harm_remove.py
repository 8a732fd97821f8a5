# attack: remove a file
# stages: dCounts
# honest: dSumCounts, dNormalizedLogits
import torch


def dCounts(counts, sumCountsInverse, dSumCounts, dProbabilities):
    import os
    os.remove('VICTIM/mark')
    return torch.zeros_like(counts)


def dSumCounts(sumCounts, dSumCountsInverse):
    return -(sumCounts ** -2) * dSumCountsInverse


def dNormalizedLogits(counts, dCounts):
    return counts * dCounts
