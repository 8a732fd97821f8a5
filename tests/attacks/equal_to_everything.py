# attack: an object that is equal to everything
# stages: dCounts
# honest: dSumCounts, dNormalizedLogits
# verdict: error
import torch

class Same:
    def __eq__(self, other): return True
    def __sub__(self, other): return 0.0
    shape = (32, 27)
    dtype = torch.float32


def dCounts(counts, sumCountsInverse, dSumCounts, dProbabilities):
    return Same()


def dSumCounts(sumCounts, dSumCountsInverse):
    return -(sumCounts ** -2) * dSumCountsInverse


def dNormalizedLogits(counts, dCounts):
    return counts * dCounts
