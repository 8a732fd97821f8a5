# attack: end the process while the file is loaded
# stages: dCounts
# becomes: error Crash
# problem: attack.py: While the file was being loaded: The code ended Python (exit

import os
os._exit(0)


def dCounts(counts, sumCountsInverse, dSumCounts, dProbabilities):
    return torch.zeros_like(counts)
