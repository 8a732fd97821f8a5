# attack: forge a frame whose lengths are negative numbers
# stages: dCounts
# becomes: error MalformedReply
# honest: dSumCounts, dNormalizedLogits
# supplied: frames

def dCounts(counts, sumCountsInverse, dSumCounts, dProbabilities):
    write(struct.pack('<ii', -1, -1))
    return torch.zeros_like(counts)
