import torch
from grad import of_reciprocal, product
import grad as g


def dCounts(counts, sumCountsInverse, dSumCounts, dProbabilities):
    return product(sumCountsInverse, dProbabilities) + g.spread(dSumCounts, counts)


def dSumCounts(sumCounts, dSumCountsInverse):
    return of_reciprocal(sumCounts, dSumCountsInverse)


# file: grad.py
import torch


def product(other, grad):
    return other * grad


def spread(grad, like):
    return torch.ones_like(like) * grad


def of_reciprocal(x, grad):
    return -(x**-2) * grad
