# attack: work left for the end of the process
# stages: dCounts
# becomes: error SystemExit
# honest: dSumCounts, dNormalizedLogits

def dCounts(counts, sumCountsInverse, dSumCounts, dProbabilities):
    import atexit, os, time
    atexit.register(lambda: time.sleep(3600))
    atexit.register(lambda: open('VICTIM/left-behind', 'w'))
    raise SystemExit(0)
