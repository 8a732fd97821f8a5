# attack: kill the process group
# stages: dCounts
# becomes: error PermissionError
# honest: dSumCounts, dNormalizedLogits

def dCounts(counts, sumCountsInverse, dSumCounts, dProbabilities):
    import os, signal
    os.killpg(0, signal.SIGKILL)
    return torch.zeros_like(counts)
