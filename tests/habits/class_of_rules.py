import abc

import torch


class Rule(abc.ABC):
    def __init__(self, *kept):
        self.kept = kept

    @abc.abstractmethod
    def backward(self, grad): ...

    def __call__(self, grad):
        return self.backward(grad)


class Times(Rule):
    def __init__(self, other):
        super().__init__(other)
        self.grad = None

    def backward(self, grad):
        (other,) = self.kept
        self.grad = other * grad
        return self.grad


class Power(Rule):
    def __init__(self, x, exponent):
        super().__init__(x)
        self._exponent = exponent

    def backward(self, grad):
        (x,) = self.kept
        return self._exponent * x ** (self._exponent - 1) * grad


def dNormalizedLogits(counts, dCounts):
    return Times(counts)(dCounts)


def dSumCounts(sumCounts, dSumCountsInverse):
    return Power(sumCounts, -1.0)(dSumCountsInverse)
