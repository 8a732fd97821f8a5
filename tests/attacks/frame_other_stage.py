# attack: answer under the number of another ask
# stages: dCounts
# becomes: error MalformedReply
# honest: dSumCounts, dNormalizedLogits
# supplied: frames

def dCounts(counts, sumCountsInverse, dSumCounts, dProbabilities):
    write(frame(told(0, observed=CLEAN, ask=number() + 1), tensor()))
    return torch.zeros_like(counts)
