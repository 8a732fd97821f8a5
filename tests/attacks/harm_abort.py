# attack: abort
# stages: dCounts
# becomes: error Crash
# honest: dSumCounts, dNormalizedLogits

def dCounts(counts, sumCountsInverse, dSumCounts, dProbabilities):
    import os
    os.abort()
