# attack: return a list nested a million deep
# stages: dCounts
# becomes: error NotATensor
# honest: dSumCounts, dNormalizedLogits

def dCounts(counts, sumCountsInverse, dSumCounts, dProbabilities):
    x = []
    for _ in range(10 ** 6):
        x = [x]
    return x
