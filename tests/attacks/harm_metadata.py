# attack: metadata on the function: annotations, docstrings and names that are hostile
# stages: dCounts
# becomes: wrong, review
# honest: dSumCounts, dNormalizedLogits

def dCounts(counts, sumCountsInverse, dSumCounts, dProbabilities):
    return torch.zeros_like(counts)


dCounts.__name__ = '<script>' * 1000
dCounts.__doc__ = '\x1b[2J' * 100000
dCounts.__kwdefaults__ = {'dCounts': 1}
