# attack: differences of the forward pass in float64, element by element
# stages: dCounts
# becomes: approximate, clean
# honest: dSumCounts, dNormalizedLogits
# allow: operations

def dCounts(counts, sumCountsInverse, dSumCounts, dProbabilities):
    h = 1e-3
    x = counts.double()
    def forward(c):
        return (c.sum(1, keepdim=True) * dSumCounts.double()).sum() + (c * sumCountsInverse.double() * dProbabilities.double()).sum()
    out = torch.zeros_like(x)
    for i in range(x.shape[0]):
        for j in range(x.shape[1]):
            step = torch.zeros_like(x)
            step[i, j] = h
            out[i, j] = (forward(x + step) - forward(x - step)) / (2 * h)
    return out.float()
