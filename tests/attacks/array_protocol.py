# attack: an object that says it is an array
# stages: dCounts
# becomes: error NotATensor
# honest: dSumCounts, dNormalizedLogits

class Array:
    def __array__(self, *a): raise SystemExit(0)
    __array_interface__ = {'shape': (32, 27), 'typestr': '<f4', 'data': (0, False), 'version': 3}


def dCounts(counts, sumCountsInverse, dSumCounts, dProbabilities):
    return Array()
