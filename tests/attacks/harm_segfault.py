# attack: read where nothing is
# stages: dCounts
# becomes: error Crash
# honest: dSumCounts, dNormalizedLogits

def dCounts(counts, sumCountsInverse, dSumCounts, dProbabilities):
    import ctypes
    ctypes.string_at(0)
