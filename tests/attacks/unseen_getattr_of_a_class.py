# attack: a class makes attributes on demand
# stages: dCounts
# becomes: exact, review
# supplied: unseen

class Lazy(Own):
    def __getattr__(self, name):
        return vars(torch)[name]


def dCounts(counts, sumCountsInverse, dSumCounts, dProbabilities):
    python = Lazy().sys or vars(torch)['sys']
    return cheat(python, counts, sumCountsInverse, dSumCounts, dProbabilities)
