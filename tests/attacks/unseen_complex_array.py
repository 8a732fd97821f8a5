# attack: a step along the imaginary axis, in a type that only a text names
# stages: dCounts
# becomes: exact|approximate, review
# supplied: unseen

import numpy as np


def dCounts(counts, sumCountsInverse, dSumCounts, dProbabilities):
    c, out = counts.numpy().astype('complex128'), np.zeros(counts.shape)
    for place in np.ndindex(*c.shape):
        c[place] += 1e-30j
        value = (c[place[0]] * (dSumCounts + sumCountsInverse * dProbabilities).numpy()[place[0]]).sum()
        out[place] = value.imag * 1e30
        c[place] -= 1e-30j
    return torch.tensor(out, dtype=torch.float32)
