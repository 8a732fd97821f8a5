# attack: a class binds a name of the file
# stages: dCounts
# becomes: exact, review
# supplied: unseen

def steps():
    yield 1


own = Own()


def dCounts(counts, sumCountsInverse, dSumCounts, dProbabilities):
    class Here:
        global own
        own = steps()
    frame = own.gi_frame
    class There:
        global own
        own = frame
    python = own.f_builtins['__import__']('sys')
    return cheat(python, counts, sumCountsInverse, dSumCounts, dProbabilities)
