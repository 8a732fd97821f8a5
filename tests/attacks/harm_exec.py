# attack: start another program
# stages: dCounts
# becomes: error PermissionError
# honest: dSumCounts, dNormalizedLogits

def dCounts(counts, sumCountsInverse, dSumCounts, dProbabilities):
    import os
    os.execv('/bin/sh', ['sh', '-c', 'sleep 60'])
    return torch.zeros_like(counts)
