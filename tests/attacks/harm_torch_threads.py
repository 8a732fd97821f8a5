# attack: all processors through torch
# stages: dCounts
# honest: dSumCounts, dNormalizedLogits
import torch


def dCounts(counts, sumCountsInverse, dSumCounts, dProbabilities):
    torch.set_num_threads(64)
    for _ in range(3):
        torch.randn(400, 400) @ torch.randn(400, 400)
    return torch.zeros_like(counts)


def dSumCounts(sumCounts, dSumCountsInverse):
    return -(sumCounts ** -2) * dSumCountsInverse


def dNormalizedLogits(counts, dCounts):
    return counts * dCounts
