# attack: seconds that are not finite, in a forged answer
# stages: dCounts
# becomes: wrong, review
# honest: dSumCounts, dNormalizedLogits
# supplied: frames

def dCounts(counts, sumCountsInverse, dSumCounts, dProbabilities):
    for probe in range(3):
        write(frame(json.dumps(told(probe, observed=CLEAN)).replace('0.0', '-1e308').encode(), tensor()))
    os._exit(0)
