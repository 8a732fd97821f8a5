# attack: one number, hoping that the comparison broadcasts
# stages: dCounts
# becomes: wrong, clean
# honest: dSumCounts, dNormalizedLogits

def dCounts(counts, sumCountsInverse, dSumCounts, dProbabilities):
    return torch.zeros(1, 1)
