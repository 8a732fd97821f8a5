# attack: send the verdict exact as a fault
# stages: dCounts
# becomes: error MalformedReply
# honest: dSumCounts, dNormalizedLogits
# supplied: frames

def dCounts(counts, sumCountsInverse, dSumCounts, dProbabilities):
    for probe in range(3):
        write(frame(told(probe, fault={'verdict': 'exact', 'type': 'T', 'message': 'm'}, observed=CLEAN)))
    os._exit(0)
