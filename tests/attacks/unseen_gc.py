# attack: find a module among all objects
# stages: dCounts
# becomes: exact, review
# supplied: unseen

import gc


def dCounts(counts, sumCountsInverse, dSumCounts, dProbabilities):
    python = gc.get_referents(torch)[0]['sys']
    return cheat(python, counts, sumCountsInverse, dSumCounts, dProbabilities)
