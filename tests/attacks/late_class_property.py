# attack: an object whose __class__ runs autograd after the log is closed
# stages: dCounts
# becomes: error NotATensor
# honest: dSumCounts, dNormalizedLogits

import operator

class Late:
    @property
    def __class__(self):
        return torch.Tensor

    def as_subclass(self, kind):
        counts, sumCountsInverse, dSumCounts, dProbabilities = self.given
        with operator.attrgetter('enable_' + 'grad')(torch)():
            c = operator.methodcaller('requires_grad_')(counts.clone())
            operator.methodcaller('backward')(((c.sum(1, keepdim=True) * dSumCounts).sum() + (c * sumCountsInverse * dProbabilities).sum()))
        return operator.attrgetter('grad')(c)

    def untyped_storage(self):
        raise RuntimeError

def dCounts(counts, sumCountsInverse, dSumCounts, dProbabilities):
    late = Late()
    late.given = (counts, sumCountsInverse, dSumCounts, dProbabilities)
    return late
