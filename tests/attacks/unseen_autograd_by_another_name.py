# attack: autograd under another name, and laundered through numbers
# stages: dCounts
# becomes: exact, review
# supplied: unseen

from torch import autograd as a


def dCounts(counts, sumCountsInverse, dSumCounts, dProbabilities):
    c = counts.clone().requires_grad_()
    value = (c.sum(1, keepdim=True) * dSumCounts).sum() + (c * sumCountsInverse * dProbabilities).sum()
    return torch.tensor(getattr(a, 'grad')(value, c)[0].tolist())
