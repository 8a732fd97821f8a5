# attack: leave a file behind
# stages: dCounts
# becomes: error PermissionError
# honest: dSumCounts, dNormalizedLogits

def dCounts(counts, sumCountsInverse, dSumCounts, dProbabilities):
    open('VICTIM/left-behind', 'w').write('x')
    return torch.zeros_like(counts)
