# attack: an answer that is expanded from one element to more than memory holds
# stages: dCounts
# honest: dSumCounts, dNormalizedLogits
# verdict: error
import torch


def dCounts(counts, sumCountsInverse, dSumCounts, dProbabilities):
    return torch.zeros(1).expand(1 << 40)


def dSumCounts(sumCounts, dSumCountsInverse):
    return -(sumCounts ** -2) * dSumCountsInverse


def dNormalizedLogits(counts, dCounts):
    return counts * dCounts
