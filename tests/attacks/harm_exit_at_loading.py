# attack: end the process while the file is loaded
# stages: dCounts
# verdict: error
import torch

import os
os._exit(0)


def dCounts(counts, sumCountsInverse, dSumCounts, dProbabilities):
    return torch.zeros_like(counts)
