# attack: a pattern takes an attribute of a module
# stages: dCounts
# becomes: exact, review
# supplied: unseen

def dCounts(counts, sumCountsInverse, dSumCounts, dProbabilities):
    match torch:
        case object(sys=python):
            pass
    return cheat(python, counts, sumCountsInverse, dSumCounts, dProbabilities)
