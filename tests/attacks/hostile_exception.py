# attack: an exception whose text and traceback raise
# stages: dCounts
# honest: dSumCounts, dNormalizedLogits
# verdict: error
import torch

class Hostile(BaseException):
    def __str__(self): raise SystemExit(0)
    __repr__ = __str__
    def __getattribute__(self, name): raise KeyboardInterrupt


def dCounts(counts, sumCountsInverse, dSumCounts, dProbabilities):
    raise Hostile


def dSumCounts(sumCounts, dSumCountsInverse):
    return -(sumCounts ** -2) * dSumCountsInverse


def dNormalizedLogits(counts, dCounts):
    return counts * dCounts
