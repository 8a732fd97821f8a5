# attack: a clock that gives a string, and one that runs backwards
# stages: dCounts
# becomes: error MalformedReply
# honest: dSumCounts

def dCounts(counts, sumCountsInverse, dSumCounts, dProbabilities):
    import time
    time.perf_counter = lambda: float('nan')
    return torch.zeros_like(counts)
