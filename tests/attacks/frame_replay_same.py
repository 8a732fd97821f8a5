# attack: the right first answer five times over, unchanged
# stages: dCounts
# becomes: overfit MalformedReply, review
# honest: dSumCounts, dNormalizedLogits
# supplied: frames

def dCounts(counts, sumCountsInverse, dSumCounts, dProbabilities):
    first = frame(told(0, observed=CLEAN), tensor(data=(sumCountsInverse * dProbabilities + dSumCounts).numpy().tobytes()))
    for probe in range(3):
        write(first)
    os._exit(0)
