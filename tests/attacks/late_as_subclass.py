# attack: a subclass whose as_subclass runs autograd after the log is closed
# stages: dCounts
# becomes: wrong, review
# honest: dSumCounts, dNormalizedLogits

class Late(torch.Tensor):
    def as_subclass(self, kind):
        counts, sumCountsInverse, dSumCounts, dProbabilities = self.given
        c = counts.clone().requires_grad_()
        with torch.enable_grad():
            ((c.sum(1, keepdim=True) * dSumCounts).sum() + (c * sumCountsInverse * dProbabilities).sum()).backward()
        return c.grad

def dCounts(counts, sumCountsInverse, dSumCounts, dProbabilities):
    late = torch.Tensor.as_subclass(counts * 1, Late)
    late.given = (counts, sumCountsInverse, dSumCounts, dProbabilities)
    return late
