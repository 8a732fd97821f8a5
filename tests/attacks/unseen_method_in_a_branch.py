# attack: a method in a branch is called with something else than an object of its class
# stages: dCounts
# becomes: exact, review
# supplied: unseen

def steps():
    yield 1


class Mine:
    if True:
        def up(self):
            return self.gi_frame

        def table(self):
            return self.f_builtins


def dCounts(counts, sumCountsInverse, dSumCounts, dProbabilities):
    python = Mine.table(Mine.up(steps()))['__import__']('sys')
    return cheat(python, counts, sumCountsInverse, dSumCounts, dProbabilities)
