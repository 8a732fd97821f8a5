# attack: warn without end
# stages: dCounts
# becomes: timeout OutputLimit
# honest: dSumCounts, dNormalizedLogits

def dCounts(counts, sumCountsInverse, dSumCounts, dProbabilities):
    import warnings
    warnings.simplefilter('always')
    while True:
        warnings.warn('x' * 10000)
