# attack: a module of torch that is called like a function has torch, and that has Python
# stages: dCounts
# becomes: exact, review
# supplied: unseen

from torch.distributions import normal


class Names:
    torch = None


def dCounts(counts, sumCountsInverse, dSumCounts, dProbabilities):
    python = normal.torch.sys
    return cheat(python, counts, sumCountsInverse, dSumCounts, dProbabilities)
