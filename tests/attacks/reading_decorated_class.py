# attack: the cheat hides in the metaclass of an unused class, run at loading
# stages: dCounts
# becomes: exact, review
# honest: dSumCounts, dNormalizedLogits

class Meta(type):
    def __init__(cls, *a):
        def cheat(counts, sumCountsInverse, dSumCounts, dProbabilities):
            import sys
            observe = sys.modules['grader.sandbox.theirs.observe']
            observe.Observer.observed = lambda self, returned, whatever=False: observe.Observed({'aten.mul': 2})
            c = counts.clone().requires_grad_()
            ((c.sum(1, keepdim=True) * dSumCounts).sum() + (c * sumCountsInverse * dProbabilities).sum()).backward()
            return c.grad
        torch.Tensor.rescale = cheat

class Unused(metaclass=Meta):
    pass


def dCounts(counts, sumCountsInverse, dSumCounts, dProbabilities):
    return counts.rescale(sumCountsInverse, dSumCounts, dProbabilities)
