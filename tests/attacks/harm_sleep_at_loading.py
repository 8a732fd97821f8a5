# attack: sleep while the file is loaded
# stages: dCounts
# verdict: timeout
# limits: short
import torch

import time
time.sleep(3600)


def dCounts(counts, sumCountsInverse, dSumCounts, dProbabilities):
    return torch.zeros_like(counts)
