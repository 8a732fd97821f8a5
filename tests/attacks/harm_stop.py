# attack: stop the process, else pause it
# limits: short
# stages: dCounts
# becomes: timeout WallClockLimit
# honest: dSumCounts, dNormalizedLogits

def dCounts(counts, sumCountsInverse, dSumCounts, dProbabilities):
    import os, signal
    try:
        os.kill(os.getpid(), signal.SIGSTOP)
    except OSError:
        while True:
            signal.pause()
