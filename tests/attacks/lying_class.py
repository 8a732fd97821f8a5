# attack: an object whose __class__ says Tensor
# stages: dCounts
# honest: dSumCounts, dNormalizedLogits
# verdict: error
import torch

class Fake:
    @property
    def __class__(self): return torch.Tensor
    _cdata = 0
    def __getattr__(self, name): return lambda *a, **k: self


def dCounts(counts, sumCountsInverse, dSumCounts, dProbabilities):
    return Fake()


def dSumCounts(sumCounts, dSumCountsInverse):
    return -(sumCounts ** -2) * dSumCountsInverse


def dNormalizedLogits(counts, dCounts):
    return counts * dCounts
