# attack: sleep while the file is loaded
# limits: short
# stages: dCounts
# becomes: timeout WallClockLimit
# problem: attack.py: While the file was being loaded: The code gave no answer

import time
time.sleep(3600)


def dCounts(counts, sumCountsInverse, dSumCounts, dProbabilities):
    return torch.zeros_like(counts)
