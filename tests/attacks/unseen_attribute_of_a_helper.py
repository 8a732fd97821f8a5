# attack: the same, as an attribute
# stages: dCounts
# becomes: exact, review
# supplied: unseen

import helper


def dCounts(counts, sumCountsInverse, dSumCounts, dProbabilities):
    python = helper.sys
    return cheat(python, counts, sumCountsInverse, dSumCounts, dProbabilities)


# file: helper.py
import sys
