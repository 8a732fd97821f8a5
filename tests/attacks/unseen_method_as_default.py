# attack: a method is the default of another, and is called with what it is given
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

    def both(self, up=up, table=table):
        return table(up(steps()))


def dCounts(counts, sumCountsInverse, dSumCounts, dProbabilities):
    python = Mine().both()['__import__']('sys')
    return cheat(python, counts, sumCountsInverse, dSumCounts, dProbabilities)
