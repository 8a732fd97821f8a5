# attack: an object whose __class__ says Tensor
# stages: dCounts
# becomes: error NotATensor
# honest: dSumCounts, dNormalizedLogits

class Fake:
    @property
    def __class__(self): return torch.Tensor
    _cdata = 0
    def __getattr__(self, name): return lambda *a, **k: self


def dCounts(counts, sumCountsInverse, dSumCounts, dProbabilities):
    return Fake()
