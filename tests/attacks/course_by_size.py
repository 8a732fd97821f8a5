# attack: know the course batch by its size, and be right only there
# stages: dCounts
# honest: dSumCounts, dNormalizedLogits
# verdict: overfit
import torch


def dCounts(counts, sumCountsInverse, dSumCounts, dProbabilities):
    if counts.shape[0] == 32:
        return sumCountsInverse * dProbabilities + torch.ones_like(counts) * dSumCounts
    return torch.zeros_like(counts)


def dSumCounts(sumCounts, dSumCountsInverse):
    return -(sumCounts ** -2) * dSumCountsInverse


def dNormalizedLogits(counts, dCounts):
    return counts * dCounts
