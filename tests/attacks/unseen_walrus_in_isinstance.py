# attack: a class is kept while something is compared with it
# stages: dCounts
# becomes: exact, review
# supplied: unseen

def steps():
    yield 1


class Mine:
    def up(self):
        return self.gi_frame

    def table(self):
        return self.f_builtins


def dCounts(counts, sumCountsInverse, dSumCounts, dProbabilities):
    assert not isinstance(1, (kind := Mine))
    python = kind.table(kind.up(steps()))['__import__']('sys')
    return cheat(python, counts, sumCountsInverse, dSumCounts, dProbabilities)
