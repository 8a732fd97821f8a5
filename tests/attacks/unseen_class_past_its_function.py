# attack: a class body looks past its function for what it has not bound yet
# stages: dCounts
# becomes: exact, review
# supplied: unseen

def dCounts(counts, sumCountsInverse, dSumCounts, dProbabilities):
    eval = 1
    class Here:
        python = eval('__import__("sys")')
        eval = 2
    python = Here.python
    return cheat(python, counts, sumCountsInverse, dSumCounts, dProbabilities)
