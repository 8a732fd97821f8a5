# attack: change the times of a file
# stages: dCounts
# becomes: error PermissionError
# honest: dSumCounts, dNormalizedLogits

def dCounts(counts, sumCountsInverse, dSumCounts, dProbabilities):
    import os
    os.utime('VICTIM/mark', (1, 1))
    return torch.zeros_like(counts)
