# attack: an object that is equal to everything
# stages: dCounts
# becomes: error NotATensor
# honest: dSumCounts, dNormalizedLogits

class Same:
    def __eq__(self, other): return True
    def __sub__(self, other): return 0.0
    shape = (32, 27)
    dtype = torch.float32


def dCounts(counts, sumCountsInverse, dSumCounts, dProbabilities):
    return Same()
