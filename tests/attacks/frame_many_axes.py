# attack: a tensor of ten thousand axes
# stages: dCounts
# becomes: error MalformedReply
# honest: dSumCounts, dNormalizedLogits
# supplied: frames

def dCounts(counts, sumCountsInverse, dSumCounts, dProbabilities):
    for probe in range(3):
        write(frame(told(probe, observed=CLEAN), tensor(shape=[1] * 10000 + [32, 27])))
    return torch.zeros_like(counts)
