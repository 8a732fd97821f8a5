# attack: flat, and autograd runs over a graph of the hand-in's own
# stages: dCounts
# becomes: forbidden, forbidden
# honest: dNormalizedLogits

leaf = counts.clone().requires_grad_()
(leaf.sum(1, keepdim=True) * dSumCounts + leaf * sumCountsInverse * dProbabilities).sum().backward()
dCounts = leaf.grad
dNormalizedLogits = counts * dCounts
