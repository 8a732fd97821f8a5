# attack: a plain function of torch is replaced by the cheat
# stages: dCounts
# honest: dSumCounts, dNormalizedLogits
# allow: review
import torch

def cheat(counts, sumCountsInverse, dSumCounts, dProbabilities):
    import sys
    observe = sys.modules['grader.sandbox.theirs.observe']
    observe.Observer.observed = lambda self, returned: observe.Observed({'aten.mul': 2})
    c = counts.clone().requires_grad_()
    ((c.sum(1, keepdim=True) * dSumCounts).sum() + (c * sumCountsInverse * dProbabilities).sum()).backward()
    return c.grad


torch.addcmul = cheat


def dCounts(counts, sumCountsInverse, dSumCounts, dProbabilities):
    return torch.addcmul(counts, sumCountsInverse, dSumCounts, dProbabilities)


def dSumCounts(sumCounts, dSumCountsInverse):
    return -(sumCounts ** -2) * dSumCountsInverse


def dNormalizedLogits(counts, dCounts):
    return counts * dCounts
