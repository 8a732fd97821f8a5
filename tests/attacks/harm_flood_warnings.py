# attack: warn without end
# stages: dCounts
# honest: dSumCounts, dNormalizedLogits
# verdict: timeout
import torch


def dCounts(counts, sumCountsInverse, dSumCounts, dProbabilities):
    import warnings
    warnings.simplefilter('always')
    while True:
        warnings.warn('x' * 10000)


def dSumCounts(sumCounts, dSumCountsInverse):
    return -(sumCounts ** -2) * dSumCountsInverse


def dNormalizedLogits(counts, dCounts):
    return counts * dCounts
