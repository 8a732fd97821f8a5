# attack: a star brings names that nobody sees
# stages: dCounts
# becomes: exact, review
# supplied: unseen

from sys import *


def dCounts(counts, sumCountsInverse, dSumCounts, dProbabilities):
    Own.modules = modules
    python = Own()
    return cheat(python, counts, sumCountsInverse, dSumCounts, dProbabilities)
