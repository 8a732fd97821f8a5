from types import SimpleNamespace

import torch


def dCounts(counts, sumCountsInverse, dSumCounts, dProbabilities):
    kept = SimpleNamespace(inverse=sumCountsInverse, ones=torch.ones_like(counts))
    kept.total = kept.ones * dSumCounts
    kept.func = kept.inverse * dProbabilities
    return kept.func + kept.total
