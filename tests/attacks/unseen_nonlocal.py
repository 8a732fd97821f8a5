# attack: a name of an outer function becomes something else
# stages: dCounts
# becomes: exact, review
# supplied: unseen

def taking():
    eval = None

    def take(name):
        global eval
        return eval(name)

    return take


def dCounts(counts, sumCountsInverse, dSumCounts, dProbabilities):
    python = taking()('__import__("sys")')
    return cheat(python, counts, sumCountsInverse, dSumCounts, dProbabilities)
