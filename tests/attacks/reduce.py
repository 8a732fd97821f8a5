# attack: an object whose pickle would run code
# stages: dCounts
# becomes: error NotATensor
# honest: dSumCounts, dNormalizedLogits

class Pickled:
    def __reduce__(self):
        import os
        return (os.system, ('touch VICTIM/left-behind',))


def dCounts(counts, sumCountsInverse, dSumCounts, dProbabilities):
    return Pickled()
