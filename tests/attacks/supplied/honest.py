def dSumCounts(sumCounts, dSumCountsInverse):
    return -(sumCounts ** -2) * dSumCountsInverse


def dNormalizedLogits(counts, dCounts):
    return counts * dCounts
