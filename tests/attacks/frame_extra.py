# attack: more answers than there are probes
# stages: dCounts
# becomes: wrong, review
# honest: dSumCounts, dNormalizedLogits
# supplied: frames

def dCounts(counts, sumCountsInverse, dSumCounts, dProbabilities):
    for probe in range(50):
        write(frame(told(probe, observed=CLEAN), tensor()))
    os._exit(0)
