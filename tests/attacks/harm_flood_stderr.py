# attack: write errors without end
# stages: dCounts
# becomes: timeout OutputLimit
# honest: dSumCounts, dNormalizedLogits

def dCounts(counts, sumCountsInverse, dSumCounts, dProbabilities):
    import os
    while True:
        os.write(2, b'x' * 65536)
