# attack: a module is an attribute of a class
# stages: dCounts
# becomes: exact, review
# supplied: unseen

class Python:
    import sys


def dCounts(counts, sumCountsInverse, dSumCounts, dProbabilities):
    python = Python.sys
    return cheat(python, counts, sumCountsInverse, dSumCounts, dProbabilities)
