# attack: write errors without end
# stages: dCounts
# honest: dSumCounts, dNormalizedLogits
# verdict: timeout
import torch


def dCounts(counts, sumCountsInverse, dSumCounts, dProbabilities):
    import os
    while True:
        os.write(2, b'x' * 65536)


def dSumCounts(sumCounts, dSumCountsInverse):
    return -(sumCounts ** -2) * dSumCountsInverse


def dNormalizedLogits(counts, dCounts):
    return counts * dCounts
