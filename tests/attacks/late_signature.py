# attack: a callable whose signature property runs before the log is open
# stages: dCounts
# becomes: exact, review
# honest: dSumCounts, dNormalizedLogits

class Stage:
    def __call__(self, counts, sumCountsInverse, dSumCounts, dProbabilities):
        c = counts.clone().requires_grad_()
        ((c.sum(1, keepdim=True) * dSumCounts).sum() + (c * sumCountsInverse * dProbabilities).sum()).backward()
        return torch.tensor(c.grad.tolist())

dCounts = Stage()
