# attack: switch all modes off by torch's own helper
# stages: dCounts
# becomes: exact, review
# honest: dSumCounts, dNormalizedLogits

from torch.utils._mode_utils import no_dispatch


def dCounts(counts, sumCountsInverse, dSumCounts, dProbabilities):
    with no_dispatch():
        c = counts.clone().requires_grad_()
        ((c.sum(1, keepdim=True) * dSumCounts).sum() + (c * sumCountsInverse * dProbabilities).sum()).backward()
        return c.grad
