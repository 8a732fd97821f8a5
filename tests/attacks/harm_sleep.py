# attack: sleep for ever
# stages: dCounts
# honest: dSumCounts, dNormalizedLogits
# verdict: timeout
# limits: short
import torch


def dCounts(counts, sumCountsInverse, dSumCounts, dProbabilities):
    import time
    while True:
        time.sleep(3600)


def dSumCounts(sumCounts, dSumCountsInverse):
    return -(sumCounts ** -2) * dSumCountsInverse


def dNormalizedLogits(counts, dCounts):
    return counts * dCounts
