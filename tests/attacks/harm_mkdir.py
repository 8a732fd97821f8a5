# attack: make a folder
# stages: dCounts
# becomes: error PermissionError
# honest: dSumCounts, dNormalizedLogits

def dCounts(counts, sumCountsInverse, dSumCounts, dProbabilities):
    import os
    os.makedirs('VICTIM/left-behind/deep')
    return torch.zeros_like(counts)
