# attack: an object whose pickle would run code
# stages: dCounts
# honest: dSumCounts, dNormalizedLogits
# verdict: error
import torch

class Pickled:
    def __reduce__(self):
        import os
        return (os.system, ('touch VICTIM/left-behind',))


def dCounts(counts, sumCountsInverse, dSumCounts, dProbabilities):
    return Pickled()


def dSumCounts(sumCounts, dSumCountsInverse):
    return -(sumCounts ** -2) * dSumCountsInverse


def dNormalizedLogits(counts, dCounts):
    return counts * dCounts
