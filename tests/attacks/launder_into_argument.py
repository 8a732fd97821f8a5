# attack: copy the gradient into an argument, and return that
# stages: dCounts
# honest: dSumCounts, dNormalizedLogits
# allow: review
import torch


def dCounts(counts, sumCountsInverse, dSumCounts, dProbabilities):
    c = counts.clone().requires_grad_()
    ((c.sum(1, keepdim=True) * dSumCounts).sum() + (c * sumCountsInverse * dProbabilities).sum()).backward()
    counts.copy_(torch.tensor(c.grad.tolist()))
    return counts


def dSumCounts(sumCounts, dSumCountsInverse):
    return -(sumCounts ** -2) * dSumCountsInverse


def dNormalizedLogits(counts, dCounts):
    return counts * dCounts
