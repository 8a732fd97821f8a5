# attack: an index into a class calls a method
# stages: dCounts
# becomes: exact, review
# supplied: unseen

class Take:
    def __class_getitem__(cls, name):
        return vars(torch)[name]


def dCounts(counts, sumCountsInverse, dSumCounts, dProbabilities):
    python = Take['sys']
    return cheat(python, counts, sumCountsInverse, dSumCounts, dProbabilities)
