# attack: empty a file
# stages: dCounts
# becomes: error PermissionError
# honest: dSumCounts, dNormalizedLogits

def dCounts(counts, sumCountsInverse, dSumCounts, dProbabilities):
    import os
    os.truncate('VICTIM/mark', 0)
    return torch.zeros_like(counts)
