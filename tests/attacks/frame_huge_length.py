# attack: forge a frame with a huge length
# stages: dCounts
# becomes: error MalformedReply
# honest: dSumCounts, dNormalizedLogits
# supplied: frames

def dCounts(counts, sumCountsInverse, dSumCounts, dProbabilities):
    write(struct.pack('<II', 1 << 19, 0xFFFFFFFF))
    return torch.zeros_like(counts)
