# attack: answer for all probes at once, then once more
# stages: dCounts
# becomes: wrong, review
# honest: dSumCounts
# supplied: frames

def dCounts(counts, sumCountsInverse, dSumCounts, dProbabilities):
    for probe in range(3):
        write(frame(told(probe, observed=CLEAN), tensor()))
    return torch.zeros_like(counts)
