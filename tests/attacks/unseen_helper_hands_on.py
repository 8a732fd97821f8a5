# attack: a helper file has imported it already
# stages: dCounts
# becomes: exact, review
# supplied: unseen

from helper import sys as python


def dCounts(counts, sumCountsInverse, dSumCounts, dProbabilities):
    return cheat(python, counts, sumCountsInverse, dSumCounts, dProbabilities)


# file: helper.py
import sys
