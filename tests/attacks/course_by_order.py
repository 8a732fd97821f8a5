# attack: the first call is the course batch
# stages: dCounts
# becomes: overfit, clean
# honest: dSumCounts, dNormalizedLogits

CALLS = []


def dCounts(counts, sumCountsInverse, dSumCounts, dProbabilities):
    CALLS.append(1)
    if len(CALLS) == 1:
        return sumCountsInverse * dProbabilities + torch.ones_like(counts) * dSumCounts
    return counts
