# attack: put the gradient's memory under a clean tensor
# stages: dCounts
# becomes: forbidden, forbidden
# honest: dSumCounts, dNormalizedLogits

def dCounts(counts, sumCountsInverse, dSumCounts, dProbabilities):
    c = counts.clone().requires_grad_()
    ((c.sum(1, keepdim=True) * dSumCounts).sum() + (c * sumCountsInverse * dProbabilities).sum()).backward()
    out = torch.zeros_like(counts)
    out.data = c.grad.data
    return out
