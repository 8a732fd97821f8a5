# attack: an endless loop
# stages: dCounts
# becomes: timeout CpuLimit
# honest: dSumCounts, dNormalizedLogits

def dCounts(counts, sumCountsInverse, dSumCounts, dProbabilities):
    while True:
        pass
