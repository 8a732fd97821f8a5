# attack: the stage in the source is replaced at the end of the file
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


globals()['dCounts'] = cheat
