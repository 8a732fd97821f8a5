# attack: a declared encoding that is code
# stages: dCounts
# becomes: wrong, clean
# honest: dSumCounts, dNormalizedLogits
# supplied: nothing

# -*- coding: raw_unicode_escape -*-
import torch
x = '\u0022'


def dCounts(counts, sumCountsInverse, dSumCounts, dProbabilities):
    return torch.zeros_like(counts)
