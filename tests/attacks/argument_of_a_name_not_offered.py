# attack: ask for one's own gradient, and for everything
# stages: dCounts
# becomes: error UnknownArgument
# honest: dSumCounts, dNormalizedLogits

def dCounts(dCounts, expected=None, **everything):
    return dCounts
