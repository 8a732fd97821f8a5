# attack: operator takes an attribute by its name
# stages: dCounts
# becomes: exact, review
# supplied: unseen

from operator import attrgetter
python = attrgetter('sys')(torch)


def dCounts(counts, sumCountsInverse, dSumCounts, dProbabilities):
    return cheat(python, counts, sumCountsInverse, dSumCounts, dProbabilities)
