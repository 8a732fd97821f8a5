# attack: what keeps warnings has a module for an attribute
# stages: dCounts
# becomes: exact, review
# supplied: unseen

import warnings


class Names:
    _module = None


def dCounts(counts, sumCountsInverse, dSumCounts, dProbabilities):
    python = warnings.catch_warnings()._module.sys
    return cheat(python, counts, sumCountsInverse, dSumCounts, dProbabilities)
