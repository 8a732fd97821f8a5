# attack: send a verdict that there is not
# stages: dCounts
# becomes: error MalformedReply
# honest: dSumCounts, dNormalizedLogits
# supplied: frames

def dCounts(counts, sumCountsInverse, dSumCounts, dProbabilities):
    for probe in range(3):
        write(frame(told(probe, fault={'verdict': 'brilliant', 'type': 'T', 'message': 'm'}, observed=CLEAN)))
    os._exit(0)
