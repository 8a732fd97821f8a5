# attack: a decorator that is called like one of Python's keeps the method
# stages: dCounts
# becomes: exact, review
# supplied: unseen

def steps():
    yield 1


from types import SimpleNamespace


KEPT = []


def keep(f):
    KEPT.append(f)
    return f


box = SimpleNamespace(cache=keep)


class Mine:
    @box.cache
    def up(self):
        return self.gi_frame

    @box.cache
    def table(self):
        return self.f_builtins


def dCounts(counts, sumCountsInverse, dSumCounts, dProbabilities):
    up, table = KEPT
    python = table(up(steps()))['__import__']('sys')
    return cheat(python, counts, sumCountsInverse, dSumCounts, dProbabilities)
