# attack: compute with autograd for one probe, keep the numbers, return them when asked again
# stages: dCounts
# honest: dSumCounts, dNormalizedLogits
# allow: review
import torch

KEPT = {}


def dCounts(counts, sumCountsInverse, dSumCounts, dProbabilities):
    key = tuple(counts.shape)
    if key not in KEPT:
        c = counts.clone().requires_grad_()
        ((c.sum(1, keepdim=True) * dSumCounts).sum() + (c * sumCountsInverse * dProbabilities).sum()).backward()
        KEPT[key] = c.grad.tolist()
    return torch.tensor(KEPT[key])


def dSumCounts(sumCounts, dSumCountsInverse):
    return -(sumCounts ** -2) * dSumCountsInverse


def dNormalizedLogits(counts, dCounts):
    return counts * dCounts
