# attack: a local import of the same name hides the cheat
# stages: dCounts
# becomes: exact, review
# honest: dSumCounts, dNormalizedLogits

def cheat(counts, sumCountsInverse, dSumCounts, dProbabilities):
    import sys
    observe = sys.modules['grader.sandbox.theirs.observe']
    observe.Observer.observed = lambda self, returned, whatever=False: observe.Observed({'aten.mul': 2})
    c = counts.clone().requires_grad_()
    ((c.sum(1, keepdim=True) * dSumCounts).sum() + (c * sumCountsInverse * dProbabilities).sum()).backward()
    return c.grad


def dCounts(counts, sumCountsInverse, dSumCounts, dProbabilities):
    result = cheat(counts, sumCountsInverse, dSumCounts, dProbabilities)
    return result
    [cheat for cheat in ()]
