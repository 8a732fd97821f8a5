# attack: KeyboardInterrupt, GeneratorExit and a base exception instead of a value
# stages: dCounts
# honest: dSumCounts, dNormalizedLogits
# verdict: error
import torch


def dCounts(counts, sumCountsInverse, dSumCounts, dProbabilities):
    import random
    raise random.choice([KeyboardInterrupt, GeneratorExit, BaseException])


def dSumCounts(sumCounts, dSumCountsInverse):
    return -(sumCounts ** -2) * dSumCountsInverse


def dNormalizedLogits(counts, dCounts):
    return counts * dCounts
