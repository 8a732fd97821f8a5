# attack: take attributes by class patterns of a match statement
# stages: dCounts
# becomes: exact, review
# honest: dSumCounts, dNormalizedLogits

def dCounts(counts, sumCountsInverse, dSumCounts, dProbabilities):
    match counts.clone():
        case torch.Tensor(requires_grad_=switch) as c:
            switch()
    match ((c.sum(1, keepdim=True) * dSumCounts).sum() + (c * sumCountsInverse * dProbabilities).sum()):
        case torch.Tensor(backward=run):
            run()
    match c:
        case torch.Tensor(grad=g):
            return torch.tensor(g.tolist())
