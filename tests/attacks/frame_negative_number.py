# attack: answer under a negative number, and one beyond 64 bits
# stages: dCounts
# becomes: error MalformedReply
# honest: dSumCounts, dNormalizedLogits
# supplied: frames

def dCounts(counts, sumCountsInverse, dSumCounts, dProbabilities):
    write(frame(told(-1, ask=-1), tensor()))
    write(frame(told(1 << 70, ask=1 << 70), tensor()))
    return torch.zeros_like(counts)
