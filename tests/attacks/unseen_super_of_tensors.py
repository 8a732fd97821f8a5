# attack: `super` finds the node of a graph past the property that watches it
# stages: dCounts
# becomes: exact, review
# supplied: unseen

class Names:
    grad_fn = requires_grad_ = None


def dCounts(counts, sumCountsInverse, dSumCounts, dProbabilities):
    c = counts.clone().requires_grad_()
    y = c * sumCountsInverse
    node = super(torch.Tensor, y).grad_fn
    return node(dProbabilities)[0].detach() + dSumCounts
