# attack: a tensor of integers, which no answer can be
# stages: dCounts
# becomes: error MalformedReply
# honest: dSumCounts, dNormalizedLogits
# supplied: frames

def dCounts(counts, sumCountsInverse, dSumCounts, dProbabilities):
    write(frame(told(observed=CLEAN), tensor(dtype='I32')))
    return torch.zeros_like(counts)
