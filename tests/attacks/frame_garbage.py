# attack: write random bytes on the channel
# stages: dCounts
# becomes: error MalformedReply
# honest: dSumCounts, dNormalizedLogits
# supplied: frames

def dCounts(counts, sumCountsInverse, dSumCounts, dProbabilities):
    write(os.urandom(4096))
    return torch.zeros_like(counts)
