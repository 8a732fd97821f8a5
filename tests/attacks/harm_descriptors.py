# attack: use up all descriptors
# stages: dCounts
# becomes: error OSError
# honest: dSumCounts, dNormalizedLogits

def dCounts(counts, sumCountsInverse, dSumCounts, dProbabilities):
    import os
    hold = []
    while True:
        hold.append(os.open('/dev/null', os.O_RDONLY))
