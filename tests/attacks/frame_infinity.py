# attack: infinity of half precision
# stages: dCounts
# becomes: nonfinite, review
# honest: dSumCounts, dNormalizedLogits
# supplied: frames

def dCounts(counts, sumCountsInverse, dSumCounts, dProbabilities):
    for probe in range(3):
        write(frame(told(probe, observed=CLEAN), tensor(data=b'\x00\x7c' * 32 * 27, dtype='F16')))
    return torch.zeros_like(counts)
