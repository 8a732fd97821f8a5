# attack: all memory, by anonymous and shared maps
# stages: dCounts
# becomes: timeout MemoryLimit
# honest: dSumCounts, dNormalizedLogits

def dCounts(counts, sumCountsInverse, dSumCounts, dProbabilities):
    import mmap
    hold = []
    while True:
        hold.append(mmap.mmap(-1, 1 << 26, flags=mmap.MAP_SHARED | mmap.MAP_ANONYMOUS))
        hold[-1][:] = bytes(1 << 26)
