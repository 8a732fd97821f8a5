# attack: forge a frame with a header of a gigabyte
# stages: dCounts
# becomes: error MalformedReply
# honest: dSumCounts, dNormalizedLogits
# supplied: frames

def dCounts(counts, sumCountsInverse, dSumCounts, dProbabilities):
    write(struct.pack('<II', 1 << 30, 0))
    return torch.zeros_like(counts)
