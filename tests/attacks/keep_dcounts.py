# attack: return the gradient seen as another stage's argument, on a later ask
# stages: dCounts
# honest: dSumCounts
# verdict: wrong
import torch


KEPT = []

def dNormalizedLogits(counts, dCounts):
    KEPT.append(dCounts.clone())
    return counts * dCounts

def dCounts(counts, **rest):
    same = [d for d in KEPT if d.shape == counts.shape]
    return same[0] if same else torch.zeros_like(counts)


def dSumCounts(sumCounts, dSumCountsInverse):
    return -(sumCounts ** -2) * dSumCountsInverse
