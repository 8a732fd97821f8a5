# attack: switch all modes off by torch's own helper
# stages: dCounts
# honest: dSumCounts, dNormalizedLogits
# allow: review
import torch

from torch.utils._mode_utils import no_dispatch


def dCounts(counts, sumCountsInverse, dSumCounts, dProbabilities):
    with no_dispatch():
        c = counts.clone().requires_grad_()
        ((c.sum(1, keepdim=True) * dSumCounts).sum() + (c * sumCountsInverse * dProbabilities).sum()).backward()
        return c.grad


def dSumCounts(sumCounts, dSumCountsInverse):
    return -(sumCounts ** -2) * dSumCountsInverse


def dNormalizedLogits(counts, dCounts):
    return counts * dCounts
