# attack: a name is looked up where it is used, and not where it was bound
# stages: dCounts
# becomes: exact, review
# supplied: unseen

a = '__globals__'
name = a if True else a


def dCounts(counts, sumCountsInverse, dSumCounts, dProbabilities):
    a = 'sum'
    names = getattr(cheat, name)
    python = names['__builtins__']['__import__']('sys')
    return cheat(python, counts, sumCountsInverse, dSumCounts, dProbabilities)
