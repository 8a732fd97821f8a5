# attack: a number too large to compute
# stages: dCounts
# becomes: timeout CpuLimit
# honest: dSumCounts, dNormalizedLogits

def dCounts(counts, sumCountsInverse, dSumCounts, dProbabilities):
    return (counts.shape[0] + 9) ** (9 ** 9 ** 2)
