# attack: a header that is not JSON
# stages: dCounts
# becomes: error MalformedReply
# honest: dSumCounts, dNormalizedLogits
# supplied: frames

def dCounts(counts, sumCountsInverse, dSumCounts, dProbabilities):
    write(frame(b'\xff\xfe not json'))
    return torch.zeros_like(counts)
