# attack: strides that leave the array read what lies beside it
# stages: dCounts
# becomes: error ValueError

import numpy as np
from numpy.lib.stride_tricks import as_strided


def dCounts(counts, sumCountsInverse, dSumCounts, dProbabilities):
    beside = as_strided(counts.numpy(), shape=(1 << 16,), strides=(4,))
    return torch.tensor(beside[:counts.numel()]).view(counts.shape)
