# attack: NaN in every place: compares as false with everything
# stages: dCounts
# becomes: nonfinite, review
# honest: dSumCounts, dNormalizedLogits
# supplied: frames

def dCounts(counts, sumCountsInverse, dSumCounts, dProbabilities):
    for probe in range(3):
        write(frame(told(probe, observed=CLEAN), tensor(data=b'\xff\xff\xff\x7f' * 32 * 27)))
    return torch.zeros_like(counts)
