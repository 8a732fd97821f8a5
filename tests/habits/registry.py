import torch

RULES = {}


def rule(name):
    def register(function):
        RULES[name] = function
        return function

    return register


@rule("mul")
def mul(other, grad):
    return other * grad


@rule("broadcast")
def broadcast(like, grad):
    return torch.ones_like(like) * grad


def dCounts(counts, sumCountsInverse, dSumCounts, dProbabilities):
    return RULES["mul"](sumCountsInverse, dProbabilities) + RULES["broadcast"](counts, dSumCounts)
