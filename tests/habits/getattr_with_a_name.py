import torch


def dCounts(counts, sumCountsInverse, dSumCounts, dProbabilities):
    shape = getattr(counts, "shape")
    assert hasattr(dSumCounts, "dim")
    return sumCountsInverse * dProbabilities + torch.ones(shape) * getattr(dSumCounts, "clone")()
