# attack: register a function whose annotation is a string, and let that be run
# stages: dCounts
# becomes: exact, review
# supplied: unseen

import functools
KEPT = []


@functools.singledispatch
def kind(x):
    return x


def of_text(x: 'KEPT.append(__import__("sys"))'):
    return x


try:
    kind.register(of_text)
except TypeError:
    pass


def dCounts(counts, sumCountsInverse, dSumCounts, dProbabilities):
    python, = KEPT
    return cheat(python, counts, sumCountsInverse, dSumCounts, dProbabilities)
