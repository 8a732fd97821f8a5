# attack: a header nested a hundred thousand deep
# stages: dCounts
# becomes: error MalformedReply
# honest: dSumCounts, dNormalizedLogits
# supplied: frames

def dCounts(counts, sumCountsInverse, dSumCounts, dProbabilities):
    write(frame(b'[' * 100000))
    return torch.zeros_like(counts)
