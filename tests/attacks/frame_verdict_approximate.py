# attack: send the verdict approximate as a fault on hidden probes only
# stages: dCounts
# becomes: error MalformedReply
# honest: dSumCounts, dNormalizedLogits
# supplied: frames

def dCounts(counts, sumCountsInverse, dSumCounts, dProbabilities):
    for probe in range(3):
        write(frame(told(probe, fault={'verdict': 'approximate', 'type': 'T', 'message': 'm'}, observed=CLEAN)))
    os._exit(0)
