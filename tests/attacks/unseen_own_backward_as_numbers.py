# attack: the same, and the gradient is taken through numbers
# stages: dCounts
# becomes: exact, review
# supplied: unseen

def dCounts(counts, sumCountsInverse, dSumCounts, dProbabilities):
    c = counts.clone().requires_grad_()
    ((c.sum(1, keepdim=True) * dSumCounts).sum() + (c * sumCountsInverse * dProbabilities).sum()).backward()
    return torch.tensor(c.grad.tolist())
