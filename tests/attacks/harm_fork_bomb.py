# attack: a bomb of processes
# stages: dCounts
# honest: dSumCounts, dNormalizedLogits
# verdict: error
import torch


def dCounts(counts, sumCountsInverse, dSumCounts, dProbabilities):
    import os
    while True:
        os.fork()


def dSumCounts(sumCounts, dSumCountsInverse):
    return -(sumCounts ** -2) * dSumCountsInverse


def dNormalizedLogits(counts, dCounts):
    return counts * dCounts
