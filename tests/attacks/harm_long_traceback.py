# attack: a chain of a hundred thousand exceptions
# stages: dCounts
# becomes: error ValueError
# honest: dSumCounts, dNormalizedLogits

def dCounts(counts, sumCountsInverse, dSumCounts, dProbabilities):
    error = None
    for _ in range(100000):
        new = ValueError('x')
        new.__cause__ = error
        error = new
    raise error
