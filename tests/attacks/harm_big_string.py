# attack: a constant that takes all memory
# stages: dCounts
# becomes: wrong, clean
# problem: attack.py: The code asked for more memory than a stage may use.
# honest: dSumCounts, dNormalizedLogits

x = "x" * 10**11


def dCounts(counts, sumCountsInverse, dSumCounts, dProbabilities):
    return torch.zeros_like(counts)
