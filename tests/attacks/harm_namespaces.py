# attack: make a user namespace to be root in
# stages: dCounts
# becomes: error AssertionError
# honest: dSumCounts, dNormalizedLogits

def dCounts(counts, sumCountsInverse, dSumCounts, dProbabilities):
    import ctypes
    assert ctypes.CDLL(None).unshare(0x10000000) == 0
    return torch.zeros_like(counts)
