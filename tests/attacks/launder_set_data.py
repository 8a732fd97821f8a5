# attack: put the gradient's memory under a clean tensor
# stages: dCounts
# honest: dSumCounts, dNormalizedLogits
# allow: review
import torch


def dCounts(counts, sumCountsInverse, dSumCounts, dProbabilities):
    c = counts.clone().requires_grad_()
    ((c.sum(1, keepdim=True) * dSumCounts).sum() + (c * sumCountsInverse * dProbabilities).sum()).backward()
    out = torch.zeros_like(counts)
    out.data = c.grad.data
    return out


def dSumCounts(sumCounts, dSumCountsInverse):
    return -(sumCounts ** -2) * dSumCountsInverse


def dNormalizedLogits(counts, dCounts):
    return counts * dCounts
