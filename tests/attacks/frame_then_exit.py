# attack: one forged answer, then a clean exit
# stages: dCounts
# becomes: wrong, review
# honest: dSumCounts, dNormalizedLogits
# supplied: frames

def dCounts(counts, sumCountsInverse, dSumCounts, dProbabilities):
    write(frame(told(0, observed=CLEAN), tensor()))
    os._exit(0)
