# attack: an object is asked whether it contains a type, and keeps it
# stages: dCounts
# becomes: exact, review
# supplied: unseen

class Box:
    def __contains__(self, thing):
        self.kept = thing
        return True


def dCounts(counts, sumCountsInverse, dSumCounts, dProbabilities):
    box = Box()
    assert type(int) in box
    made = box.kept('Take', (), {'__getattr__': lambda self, name: name})
    assert made().sys
    c=counts
    return sumCountsInverse*dProbabilities + dSumCounts + 0*c
