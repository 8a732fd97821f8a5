# attack: be late, to be asked a second time, and remember in the meantime
# limits: short
# stages: dCounts
# becomes: timeout WallClockLimit
# honest: dSumCounts, dNormalizedLogits

import time
KEPT = []


def dCounts(counts, sumCountsInverse, dSumCounts, dProbabilities):
    KEPT.append(counts)
    if len(KEPT) == 1:
        time.sleep(3600)
    return KEPT[0] * 0
