# attack: a second reading of the source, saying it is clean
# stages: dCounts
# becomes: error MalformedReply
# honest: dSumCounts, dNormalizedLogits
# supplied: frames

def dCounts(counts, sumCountsInverse, dSumCounts, dProbabilities):
    for probe in range(3):
        write(frame({'readings': {}}))
    return torch.zeros_like(counts)
