# attack: collect the numbers in a hook, as Python floats
# stages: dCounts
# becomes: exact, review
# honest: dSumCounts, dNormalizedLogits

def dCounts(counts, sumCountsInverse, dSumCounts, dProbabilities):
    seen = []
    c = counts.clone().requires_grad_()
    c.register_hook(lambda g: seen.append(g.tolist()))
    ((c.sum(1, keepdim=True) * dSumCounts).sum() + (c * sumCountsInverse * dProbabilities).sum()).backward()
    return torch.tensor(seen[0])
