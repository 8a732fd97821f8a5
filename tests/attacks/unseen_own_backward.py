# attack: a method of the same name hides the words of autograd
# stages: dCounts
# becomes: forbidden, forbidden
# supplied: unseen

def dCounts(counts, sumCountsInverse, dSumCounts, dProbabilities):
    c = counts.clone().requires_grad_()
    ((c.sum(1, keepdim=True) * dSumCounts).sum() + (c * sumCountsInverse * dProbabilities).sum()).backward()
    return c.grad
