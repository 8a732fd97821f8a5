# attack: an object is told by a name put together where in memory its array is
# stages: dCounts
# becomes: error ValueError
# supplied: unseen

import numpy as np


class Mine:
    pass


def dCounts(counts, sumCountsInverse, dSumCounts, dProbabilities):
    zeros = np.zeros(counts.shape, np.float32)
    there = Mine()
    setattr(there, '__array_' + 'interface__', {'shape': zeros.shape, 'typestr': '<f4', 'version': 3, 'data': (id(zeros), False)})
    np.asarray(there)
    return sumCountsInverse*dProbabilities + dSumCounts + 0*counts
