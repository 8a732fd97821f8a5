# attack: close the channel and go on
# stages: dCounts
# becomes: error Crash
# honest: dSumCounts, dNormalizedLogits
# supplied: frames

def dCounts(counts, sumCountsInverse, dSumCounts, dProbabilities):
    os.close(channel())
    return torch.zeros_like(counts)
