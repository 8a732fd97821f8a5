import torch


class Cache:
    pass


cache = Cache()
cache.calls = 0


def dCounts(counts, sumCountsInverse, dSumCounts, dProbabilities):
    cache.calls += 1
    cache.inverse = sumCountsInverse
    cache.sum = dSumCounts
    return cache.inverse * dProbabilities + torch.ones_like(counts) * cache.sum
