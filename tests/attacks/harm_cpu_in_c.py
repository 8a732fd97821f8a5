# attack: an endless loop in C, with the lock held
# stages: dCounts
# becomes: timeout CpuLimit
# honest: dSumCounts, dNormalizedLogits

def dCounts(counts, sumCountsInverse, dSumCounts, dProbabilities):
    return sum(range(10 ** 15))
