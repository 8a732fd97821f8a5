# attack: a regular expression that backtracks for ever
# stages: dCounts
# becomes: timeout CpuLimit
# honest: dSumCounts, dNormalizedLogits

def dCounts(counts, sumCountsInverse, dSumCounts, dProbabilities):
    import re
    return re.match('(a+)+$', 'a' * 64 + 'b')
