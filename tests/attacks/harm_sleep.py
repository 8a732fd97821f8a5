# attack: sleep for ever
# limits: short
# stages: dCounts
# becomes: timeout WallClockLimit
# honest: dSumCounts, dNormalizedLogits

def dCounts(counts, sumCountsInverse, dSumCounts, dProbabilities):
    import time
    while True:
        time.sleep(3600)
