# attack: a star hides which argument of `getattr` is the name
# stages: dCounts
# becomes: exact, review
# supplied: unseen

def dCounts(counts, sumCountsInverse, dSumCounts, dProbabilities):
    names = getattr(*(cheat, '__globals__'), 'sum')
    python = names['__builtins__']['__import__']('sys')
    return cheat(python, counts, sumCountsInverse, dSumCounts, dProbabilities)
