# attack: a bomb of threads
# stages: dCounts
# becomes: error RuntimeError
# honest: dSumCounts, dNormalizedLogits

def dCounts(counts, sumCountsInverse, dSumCounts, dProbabilities):
    import threading
    for _ in range(10000):
        threading.Thread(target=lambda: __import__('time').sleep(60), daemon=True).start()
    return torch.zeros_like(counts)
