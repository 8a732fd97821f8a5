# attack: a variable of an inner function hides the name of the cheat
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
    def unused():
        cheat = 1
        return cheat
    return cheat(counts, sumCountsInverse, dSumCounts, dProbabilities)
