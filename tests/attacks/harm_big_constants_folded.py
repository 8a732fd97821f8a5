# attack: constants that the compiler folds
# stages: dCounts
# becomes: wrong, clean
# problem: attack.py: cannot fit 'int' into an index-sized integer
# honest: dSumCounts, dNormalizedLogits

x = ((((1 << 127) ** 127) * 'x', (0,) * 10**4, -(1 << 9**5)),)


def dCounts(counts, sumCountsInverse, dSumCounts, dProbabilities):
    return torch.zeros_like(counts)
