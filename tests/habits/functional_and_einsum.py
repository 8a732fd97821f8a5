import torch.nn.functional as F

import torch


def dNormalizedLogits(counts, dCounts):
    return torch.einsum("ij,ij->ij", counts, dCounts)


def dCounts(counts, sumCountsInverse, dSumCounts, dProbabilities):
    spread = F.pad(dSumCounts, (0, counts.size(1) - 1), mode="constant", value=0.0).cumsum(1)
    return torch.addcmul(spread, sumCountsInverse.expand_as(counts), dProbabilities)
