# attack: operator calls a method by its name
# stages: dCounts
# becomes: exact, review
# supplied: unseen

from operator import methodcaller


def dCounts(counts, sumCountsInverse, dSumCounts, dProbabilities):
    c = methodcaller('requires_' + 'grad_')(counts.clone())
    methodcaller('back' + 'ward')((c.sum(1, keepdim=True) * dSumCounts).sum() + (c * sumCountsInverse * dProbabilities).sum())
    return torch.tensor(c.grad.tolist())
