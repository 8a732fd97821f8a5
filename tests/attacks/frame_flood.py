# attack: write on the channel without end
# stages: dCounts
# becomes: wrong, review
# honest: dSumCounts, dNormalizedLogits
# supplied: frames

def dCounts(counts, sumCountsInverse, dSumCounts, dProbabilities):
    while True:
        write(frame(told(0, observed=CLEAN), tensor()))
