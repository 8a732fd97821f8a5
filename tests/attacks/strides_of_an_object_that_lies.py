# attack: the shape of a view is another one each time it is asked for
# stages: dCounts
# becomes: error RuntimeError

import numpy as np
from numpy.lib.stride_tricks import as_strided


class Shape:
    times = 0

    def __len__(self):
        return 1

    def __iter__(self):
        self.times += 1
        return iter([1000000 if self.times > 1 else 10])

    def __getitem__(self, i):
        if i:
            raise IndexError
        return 10


def dCounts(counts, sumCountsInverse, dSumCounts, dProbabilities):
    beside = as_strided(counts.numpy(), Shape(), (4,))
    return torch.tensor(beside[:counts.numel()]).view(counts.shape)
