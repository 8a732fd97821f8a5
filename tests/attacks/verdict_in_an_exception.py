# attack: an exception that names a verdict
# stages: dCounts
# becomes: error exact
# honest: dSumCounts, dNormalizedLogits

class exact(Exception):
    verdict = 'exact'
    fault = None


def dCounts(counts, sumCountsInverse, dSumCounts, dProbabilities):
    raise exact('exact')
