# attack: remove a file
# stages: dCounts
# becomes: error PermissionError
# honest: dSumCounts, dNormalizedLogits

def dCounts(counts, sumCountsInverse, dSumCounts, dProbabilities):
    import os
    os.remove('VICTIM/mark')
    return torch.zeros_like(counts)
