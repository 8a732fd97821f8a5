# attack: rename a file
# stages: dCounts
# becomes: error PermissionError
# honest: dSumCounts, dNormalizedLogits

def dCounts(counts, sumCountsInverse, dSumCounts, dProbabilities):
    import os
    os.rename('VICTIM/mark', 'VICTIM/left-behind')
    return torch.zeros_like(counts)
