# attack: an object that never lets itself be deleted
# stages: dCounts
# becomes: timeout CpuLimit
# honest: dSumCounts, dNormalizedLogits

def dCounts(counts, sumCountsInverse, dSumCounts, dProbabilities):
    import time
    class Sticky:
        def __del__(self):
            while True:
                pass
    Sticky()
    return torch.zeros_like(counts)
