# attack: read from a pipe that nobody writes to
# limits: short
# stages: dCounts
# becomes: timeout WallClockLimit
# honest: dSumCounts, dNormalizedLogits

def dCounts(counts, sumCountsInverse, dSumCounts, dProbabilities):
    import os
    r, w = os.pipe()
    return os.read(r, 1)
