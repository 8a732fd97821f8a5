# attack: a field of a dataclass hands on the class of its annotation
# stages: dCounts
# becomes: exact, review
# supplied: unseen

def steps():
    yield 1


from dataclasses import dataclass, fields


class Mine:
    def up(self):
        return self.gi_frame

    def table(self):
        return self.f_builtins


@dataclass
class Holder:
    value: Mine = None


def dCounts(counts, sumCountsInverse, dSumCounts, dProbabilities):
    kind = fields(Holder())[0].type
    python = kind.table(kind.up(steps()))['__import__']('sys')
    return cheat(python, counts, sumCountsInverse, dSumCounts, dProbabilities)
