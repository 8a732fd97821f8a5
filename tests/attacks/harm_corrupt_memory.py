# attack: write over objects of the interpreter
# stages: dCounts
# honest: dSumCounts, dNormalizedLogits
import torch


def dCounts(counts, sumCountsInverse, dSumCounts, dProbabilities):
    import ctypes
    ctypes.memset(id(None), 0xff, 64)
    ctypes.memset(id(torch), 0xff, 64)
    ctypes.memset(id(()), 0xff, 64)
    return torch.zeros_like(counts)


def dSumCounts(sumCounts, dSumCountsInverse):
    return -(sumCounts ** -2) * dSumCountsInverse


def dNormalizedLogits(counts, dCounts):
    return counts * dCounts
