# attack: keep the first answer and send it for every probe
# stages: dCounts
# becomes: overfit MalformedReply, review
# honest: dSumCounts, dNormalizedLogits
# supplied: frames

def dCounts(counts, sumCountsInverse, dSumCounts, dProbabilities):
    first = frame(told(0, observed=CLEAN), tensor(data=(sumCountsInverse * dProbabilities + dSumCounts).numpy().tobytes()))
    for probe in range(3):
        write(first.replace(b'"place": 0', b'"place": %d' % probe))
    os._exit(0)
