# attack: values out of autograd through the bytes of the grader's own format
# stages: dCounts
# honest: dSumCounts, dNormalizedLogits
# allow: review
import torch

import safetensors.torch


def dCounts(counts, sumCountsInverse, dSumCounts, dProbabilities):
    c = counts.clone().requires_grad_()
    ((c.sum(1, keepdim=True) * dSumCounts).sum() + (c * sumCountsInverse * dProbabilities).sum()).backward()
    return safetensors.torch.load(safetensors.torch.save({'x': c.grad}))['x']


def dSumCounts(sumCounts, dSumCountsInverse):
    return -(sumCounts ** -2) * dSumCountsInverse


def dNormalizedLogits(counts, dCounts):
    return counts * dCounts
