# attack: torch under another name
# stages: dCounts
# becomes: exact, review
# supplied: unseen

np = torch
python = np.sys


def dCounts(counts, sumCountsInverse, dSumCounts, dProbabilities):
    return cheat(python, counts, sumCountsInverse, dSumCounts, dProbabilities)
