import math

import torch


class Along:
    """A value and the rate at which it changes: the chain rule by hand, forwards."""

    def __init__(self, value, rate):
        self.value, self.rate = value, rate

    def exp(self):
        value = self.value.exp()
        return Along(value, value * self.rate)

    def power(self, n):
        return Along(self.value**n, n * self.value ** (n - 1) * self.rate)


def dNormalizedLogits(normalizedLogits, dCounts):
    return dCounts * Along(normalizedLogits, torch.ones_like(normalizedLogits)).exp().rate


def dSumCounts(sumCounts, dSumCountsInverse):
    return Along(sumCounts, dSumCountsInverse).power(-1).rate


def dBatchVariance(batchVariance, batchVarianceInverse, dBatchVarianceInverse):
    root = pow(batchVariance + 1e-5, 0.5)
    scale = -(2**-1.0) * math.sqrt(4) ** 0.5 * 2**-0.5
    cubed = batchVarianceInverse * 1.0
    cubed **= 2
    return scale * cubed / root * dBatchVarianceInverse
