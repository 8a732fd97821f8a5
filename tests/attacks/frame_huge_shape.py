# attack: a tensor that says it is enormous
# stages: dCounts
# becomes: error MalformedReply
# honest: dSumCounts, dNormalizedLogits
# supplied: frames

def dCounts(counts, sumCountsInverse, dSumCounts, dProbabilities):
    write(frame(told(observed=CLEAN), tensor(shape=(1 << 40, 1 << 20))))
    return torch.zeros_like(counts)
