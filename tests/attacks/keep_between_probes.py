# attack: answer each probe with the argument of the one before
# stages: dCounts
# honest: dSumCounts, dNormalizedLogits
# verdict: wrong
import torch


KEPT = []

def dCounts(counts, dProbabilities, **rest):
    KEPT.append(dProbabilities.clone())
    return KEPT[-2] if len(KEPT) > 1 else torch.zeros_like(counts)


def dSumCounts(sumCounts, dSumCountsInverse):
    return -(sumCounts ** -2) * dSumCountsInverse


def dNormalizedLogits(counts, dCounts):
    return counts * dCounts
