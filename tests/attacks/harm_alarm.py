# attack: have the kernel send a signal later
# stages: dCounts
# becomes: error Crash
# honest: dSumCounts, dNormalizedLogits

def dCounts(counts, sumCountsInverse, dSumCounts, dProbabilities):
    import signal
    signal.setitimer(signal.ITIMER_REAL, 0.01)
    while True:
        pass
