# attack: all memory, in one tensor
# stages: dCounts
# becomes: timeout MemoryLimit
# honest: dSumCounts, dNormalizedLogits

def dCounts(counts, sumCountsInverse, dSumCounts, dProbabilities):
    return torch.zeros(1 << 20, 1 << 16)
