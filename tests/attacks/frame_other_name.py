# attack: a tensor called expected
# stages: dCounts
# becomes: error MalformedReply
# honest: dSumCounts, dNormalizedLogits
# supplied: frames

def dCounts(counts, sumCountsInverse, dSumCounts, dProbabilities):
    write(frame(told(observed=CLEAN), tensor(name='expected')))
    return torch.zeros_like(counts)
