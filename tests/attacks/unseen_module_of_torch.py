# attack: a module of torch under a name of its own
# stages: dCounts
# becomes: exact, review
# supplied: unseen

layers = torch.nn.functional
python = layers.torch.sys


def dCounts(counts, sumCountsInverse, dSumCounts, dProbabilities):
    return cheat(python, counts, sumCountsInverse, dSumCounts, dProbabilities)
