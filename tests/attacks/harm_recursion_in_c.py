# attack: recurse in C: the text of a list nested a million deep
# stages: dCounts
# becomes: error Crash
# honest: dSumCounts, dNormalizedLogits

def dCounts(counts, sumCountsInverse, dSumCounts, dProbabilities):
    import sys
    sys.setrecursionlimit(10 ** 9)
    x = []
    for _ in range(10 ** 6):
        x = [x]
    return repr(x)
