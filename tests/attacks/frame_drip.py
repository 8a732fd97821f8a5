# attack: send a frame byte by byte
# limits: short
# stages: dCounts
# becomes: timeout WallClockLimit
# honest: dSumCounts, dNormalizedLogits
# supplied: frames

def dCounts(counts, sumCountsInverse, dSumCounts, dProbabilities):
    write(struct.pack('<II', 64, 1 << 20))
    import time
    while True:
        time.sleep(0.02)
        write(b' ')
