# attack: answer the last probe first
# stages: dCounts
# becomes: error MalformedReply
# honest: dSumCounts, dNormalizedLogits
# supplied: frames

def dCounts(counts, sumCountsInverse, dSumCounts, dProbabilities):
    write(frame(told(4, observed=CLEAN), tensor()))
    return torch.zeros_like(counts)
