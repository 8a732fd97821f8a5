# attack: print without end
# stages: dCounts
# becomes: timeout OutputLimit
# honest: dSumCounts, dNormalizedLogits

def dCounts(counts, sumCountsInverse, dSumCounts, dProbabilities):
    while True:
        print('x' * 100000)
