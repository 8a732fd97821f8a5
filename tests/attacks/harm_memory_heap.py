# attack: all memory, on the heap
# stages: dCounts
# becomes: timeout MemoryLimit
# honest: dSumCounts, dNormalizedLogits

def dCounts(counts, sumCountsInverse, dSumCounts, dProbabilities):
    hold = []
    while True:
        hold.append(bytearray(1 << 26))
