# attack: a wrapper subclass with no memory of its own
# stages: dCounts
# becomes: wrong, review
# honest: dSumCounts, dNormalizedLogits

class Empty(torch.Tensor):
    @staticmethod
    def __new__(cls, like):
        return torch.Tensor._make_wrapper_subclass(cls, like.shape, dtype=like.dtype)
    @classmethod
    def __torch_dispatch__(cls, func, types, args=(), kwargs=None):
        return torch.zeros(32, 27)


def dCounts(counts, sumCountsInverse, dSumCounts, dProbabilities):
    return Empty(counts)
