# attack: a constant that takes for ever: 9**9**9
# stages: dCounts
# becomes: wrong, clean
# problem: attack.py: Stopped after

x = 9**9**9


def dCounts(counts, sumCountsInverse, dSumCounts, dProbabilities):
    return torch.zeros_like(counts)
