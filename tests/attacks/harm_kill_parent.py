# attack: kill the warm process
# stages: dCounts
# becomes: error PermissionError
# honest: dSumCounts, dNormalizedLogits

def dCounts(counts, sumCountsInverse, dSumCounts, dProbabilities):
    import os, signal
    os.kill(os.getppid(), signal.SIGKILL)
    return torch.zeros_like(counts)
