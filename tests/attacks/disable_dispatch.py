# attack: switch Python dispatch off, then use autograd
# stages: dCounts
# honest: dSumCounts, dNormalizedLogits
# allow: review
import torch


def dCounts(counts, sumCountsInverse, dSumCounts, dProbabilities):
    with torch._C._DisableTorchDispatch():
        c = counts.clone().requires_grad_()
        ((c.sum(1, keepdim=True) * dSumCounts).sum() + (c * sumCountsInverse * dProbabilities).sum()).backward()
        return c.grad


def dSumCounts(sumCounts, dSumCountsInverse):
    return -(sumCounts ** -2) * dSumCountsInverse


def dNormalizedLogits(counts, dCounts):
    return counts * dCounts
