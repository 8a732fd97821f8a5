# attack: a tensor of negative size
# stages: dCounts
# becomes: error MalformedReply
# honest: dSumCounts, dNormalizedLogits
# supplied: frames

def dCounts(counts, sumCountsInverse, dSumCounts, dProbabilities):
    write(frame(told(observed=CLEAN), tensor(shape=(-32, -27))))
    return torch.zeros_like(counts)
