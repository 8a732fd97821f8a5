# attack: be late, to be asked a second time, and remember in the meantime
# stages: dCounts
# honest: dSumCounts, dNormalizedLogits
# verdict: timeout
# limits: short
import torch

import time
KEPT = []


def dCounts(counts, sumCountsInverse, dSumCounts, dProbabilities):
    KEPT.append(counts)
    if len(KEPT) == 1:
        time.sleep(3600)
    return KEPT[0] * 0


def dSumCounts(sumCounts, dSumCountsInverse):
    return -(sumCounts ** -2) * dSumCountsInverse


def dNormalizedLogits(counts, dCounts):
    return counts * dCounts
