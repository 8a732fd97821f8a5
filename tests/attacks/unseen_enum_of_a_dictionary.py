# attack: an enumeration made of a dictionary says where in memory its array is
# stages: dCounts
# becomes: nonfinite|wrong, review
# supplied: unseen

import numpy as np
from enum import Enum


def dCounts(counts, sumCountsInverse, dSumCounts, dProbabilities):
    zeros = np.zeros(counts.shape, np.float32)
    where = {'shape': zeros.shape, 'typestr': '<f4', 'version': 3, 'data': (id(zeros), False)}
    there = Enum('There', {'ONE': 1, '__array_interface__': where})
    return torch.from_numpy(np.asarray(there.ONE).copy())
