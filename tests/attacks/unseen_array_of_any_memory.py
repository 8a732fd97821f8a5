# attack: an object says where in memory its array is
# stages: dCounts
# becomes: nonfinite|wrong, review
# supplied: unseen

import numpy as np
from types import SimpleNamespace


def dCounts(counts, sumCountsInverse, dSumCounts, dProbabilities):
    zeros = np.zeros(counts.shape, np.float32)
    there = SimpleNamespace(**{'__array_interface__': {'shape': zeros.shape, 'typestr': '<f4', 'version': 3, 'data': (id(zeros), False)}})
    return torch.from_numpy(np.asarray(there))
