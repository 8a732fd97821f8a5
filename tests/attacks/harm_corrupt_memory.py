# attack: write over objects of the interpreter
# stages: dCounts
# becomes: error Crash
# honest: dSumCounts, dNormalizedLogits

def dCounts(counts, sumCountsInverse, dSumCounts, dProbabilities):
    import ctypes
    ctypes.memset(id(None), 0xff, 64)
    ctypes.memset(id(torch), 0xff, 64)
    ctypes.memset(id(()), 0xff, 64)
    return torch.zeros_like(counts)
