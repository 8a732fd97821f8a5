# attack: all memory, in small objects
# stages: dCounts
# becomes: timeout MemoryLimit|CpuLimit
# honest: dSumCounts, dNormalizedLogits

def dCounts(counts, sumCountsInverse, dSumCounts, dProbabilities):
    hold = None
    while True:
        hold = (hold, [0] * 10000)
