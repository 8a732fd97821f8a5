# attack: an answer that is expanded from one element to more than memory holds
# stages: dCounts
# becomes: error NotATensor
# honest: dSumCounts, dNormalizedLogits

def dCounts(counts, sumCountsInverse, dSumCounts, dProbabilities):
    return torch.zeros(1).expand(1 << 40)
