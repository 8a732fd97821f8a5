# attack: a name of a class body stands for something else than outside of it
# stages: dCounts
# becomes: exact, review
# supplied: unseen

def steps():
    yield 1


def dCounts(counts, sumCountsInverse, dSumCounts, dProbabilities):
    own = Own()
    class Here:
        own = steps()
        frame = own.gi_frame
    class There:
        own = Here.frame
        found = own.f_builtins
    python = There.found['__import__']('sys')
    return cheat(python, counts, sumCountsInverse, dSumCounts, dProbabilities)
