# attack: the same, with the words of autograd in strings for operator.methodcaller
# stages: dCounts
# becomes: exact, review
# honest: dSumCounts, dNormalizedLogits

import operator
from torch.utils._python_dispatch import _pop_mode as take, _push_mode as give


def dCounts(counts, sumCountsInverse, dSumCounts, dProbabilities):
    mode = take()
    c = operator.methodcaller('requires_grad_')(counts.clone())
    operator.methodcaller('backward')(((c.sum(1, keepdim=True) * dSumCounts).sum() + (c * sumCountsInverse * dProbabilities).sum()))
    give(mode)
    return operator.attrgetter('grad')(c)
