# attack: be right once, then end the process
# stages: dCounts
# honest: dSumCounts, dNormalizedLogits
# verdict: overfit
import torch

import os
CALLS = []


def dCounts(counts, sumCountsInverse, dSumCounts, dProbabilities):
    CALLS.append(1)
    if len(CALLS) > 1:
        os._exit(0)
    return sumCountsInverse * dProbabilities + torch.ones_like(counts) * dSumCounts


def dSumCounts(sumCounts, dSumCountsInverse):
    return -(sumCounts ** -2) * dSumCountsInverse


def dNormalizedLogits(counts, dCounts):
    return counts * dCounts
