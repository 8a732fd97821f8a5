# attack: a callable whose signature runs code
# stages: dCounts
# honest: dSumCounts, dNormalizedLogits
import torch


class Callable:
    @property
    def __signature__(self): raise SystemExit(0)
    def __call__(self, **k): return torch.zeros(32, 27)

dCounts = Callable()


def dSumCounts(sumCounts, dSumCountsInverse):
    return -(sumCounts ** -2) * dSumCountsInverse


def dNormalizedLogits(counts, dCounts):
    return counts * dCounts
