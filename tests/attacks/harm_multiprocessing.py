# attack: a pool of processes
# stages: dCounts
# honest: dSumCounts, dNormalizedLogits
import torch


def dCounts(counts, sumCountsInverse, dSumCounts, dProbabilities):
    import multiprocessing
    multiprocessing.get_context('fork').Pool(4)
    return torch.zeros_like(counts)


def dSumCounts(sumCounts, dSumCountsInverse):
    return -(sumCounts ** -2) * dSumCountsInverse


def dNormalizedLogits(counts, dCounts):
    return counts * dCounts
