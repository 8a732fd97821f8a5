# attack: metadata on the function: annotations, docstrings and names that are hostile
# stages: dCounts
# honest: dSumCounts, dNormalizedLogits
# verdict: wrong
import torch


def dCounts(counts, sumCountsInverse, dSumCounts, dProbabilities):
    return torch.zeros_like(counts)


def dSumCounts(sumCounts, dSumCountsInverse):
    return -(sumCounts ** -2) * dSumCountsInverse


def dNormalizedLogits(counts, dCounts):
    return counts * dCounts


dCounts.__name__ = '<script>' * 1000
dCounts.__doc__ = '\x1b[2J' * 100000
dCounts.__kwdefaults__ = {'dCounts': 1}
