# attack: the code of the stage is replaced, not the stage
# stages: dCounts
# becomes: exact, review
# honest: dSumCounts, dNormalizedLogits

def dCounts(counts, sumCountsInverse, dSumCounts, dProbabilities):
    return torch.zeros_like(counts)


def cheat(counts, sumCountsInverse, dSumCounts, dProbabilities):
    import sys
    observe = sys.modules['grader.sandbox.theirs.observe']
    observe.Observer.observed = lambda self, returned, whatever=False: observe.Observed({'aten.mul': 2})
    c = counts.clone().requires_grad_()
    ((c.sum(1, keepdim=True) * dSumCounts).sum() + (c * sumCountsInverse * dProbabilities).sum()).backward()
    return c.grad


dCounts.__code__ = cheat.__code__
