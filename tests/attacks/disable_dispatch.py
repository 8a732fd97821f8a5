# attack: switch Python dispatch off, then use autograd
# stages: dCounts
# becomes: exact, review
# honest: dSumCounts, dNormalizedLogits

def dCounts(counts, sumCountsInverse, dSumCounts, dProbabilities):
    with torch._C._DisableTorchDispatch():
        c = counts.clone().requires_grad_()
        ((c.sum(1, keepdim=True) * dSumCounts).sum() + (c * sumCountsInverse * dProbabilities).sum()).backward()
        return c.grad
