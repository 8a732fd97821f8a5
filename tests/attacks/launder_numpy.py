# attack: values out of autograd through numpy
# stages: dCounts
# becomes: exact, review
# honest: dSumCounts, dNormalizedLogits

def dCounts(counts, sumCountsInverse, dSumCounts, dProbabilities):
    c = counts.clone().requires_grad_()
    ((c.sum(1, keepdim=True) * dSumCounts).sum() + (c * sumCountsInverse * dProbabilities).sum()).backward()
    return torch.from_numpy(c.grad.numpy().copy())
