# attack: pop the dispatch mode, then use autograd
# stages: dCounts
# becomes: exact, review
# honest: dSumCounts, dNormalizedLogits

from torch.utils import _python_dispatch as modes


def dCounts(counts, sumCountsInverse, dSumCounts, dProbabilities):
    mode = modes._pop_mode()
    c = counts.clone().requires_grad_()
    ((c.sum(1, keepdim=True) * dSumCounts).sum() + (c * sumCountsInverse * dProbabilities).sum()).backward()
    modes._push_mode(mode)
    return c.grad
