# attack: a decorator puts a function in the place of a class
# stages: dCounts
# becomes: exact, review
# supplied: unseen

def steps():
    yield 1


def give(c):
    return steps


@give
class Mine:
    pass


def give2(c):
    return lambda x: x


@give2
class Same:
    pass


def dCounts(counts, sumCountsInverse, dSumCounts, dProbabilities):
    one = Mine()
    frame = one.gi_frame
    two = Same(frame)
    python = two.f_builtins['__import__']('sys')
    return cheat(python, counts, sumCountsInverse, dSumCounts, dProbabilities)
