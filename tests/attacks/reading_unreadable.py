# attack: a stage made by a string, so that there is no source
# stages: dCounts
# becomes: exact, review
# honest: dSumCounts, dNormalizedLogits

exec('''def dCounts(counts, sumCountsInverse, dSumCounts, dProbabilities):
    c = counts.clone().requires_grad_()
    ((c.sum(1, keepdim=True) * dSumCounts).sum() + (c * sumCountsInverse * dProbabilities).sum()).backward()
    return torch.tensor(c.grad.tolist())
''')
