# attack: an error message of a hundred megabytes
# stages: dCounts
# becomes: error ValueError
# honest: dSumCounts, dNormalizedLogits

def dCounts(counts, sumCountsInverse, dSumCounts, dProbabilities):
    raise ValueError('x' * 10 ** 8)
