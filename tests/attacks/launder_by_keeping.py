# attack: compute with autograd for one probe, keep the numbers, return them when asked again
# stages: dCounts
# becomes: exact, review
# honest: dSumCounts, dNormalizedLogits

KEPT = {}


def dCounts(counts, sumCountsInverse, dSumCounts, dProbabilities):
    key = tuple(counts.shape)
    if key not in KEPT:
        c = counts.clone().requires_grad_()
        ((c.sum(1, keepdim=True) * dSumCounts).sum() + (c * sumCountsInverse * dProbabilities).sum()).backward()
        KEPT[key] = c.grad.tolist()
    return torch.tensor(KEPT[key])
