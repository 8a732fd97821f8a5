# attack: a module of torch, imported, has others
# stages: dCounts
# becomes: exact, review
# supplied: unseen

from torch import utils as u
python = u.backend_registration.torch.sys


def dCounts(counts, sumCountsInverse, dSumCounts, dProbabilities):
    return cheat(python, counts, sumCountsInverse, dSumCounts, dProbabilities)
