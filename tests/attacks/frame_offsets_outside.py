# attack: a tensor that reaches beyond its bytes
# stages: dCounts
# becomes: error MalformedReply
# honest: dSumCounts, dNormalizedLogits
# supplied: frames

def dCounts(counts, sumCountsInverse, dSumCounts, dProbabilities):
    write(frame(told(observed=CLEAN), tensor(length=1 << 30)))
    return torch.zeros_like(counts)
