# attack: a Tensor subclass whose __torch_function__ lies
# stages: dCounts
# becomes: wrong, review
# honest: dSumCounts, dNormalizedLogits

class Liar(torch.Tensor):
    @classmethod
    def __torch_function__(cls, func, types, args=(), kwargs=None):
        return True


def dCounts(counts, sumCountsInverse, dSumCounts, dProbabilities):
    return torch.zeros_like(counts).as_subclass(Liar)
