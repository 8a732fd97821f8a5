# attack: a constant that takes for ever: 9**9**9
# stages: dCounts
# becomes: timeout CpuLimit
# problem: attack.py: While the file was being loaded: The code was still computing

x = 9**9**9


def dCounts(counts, sumCountsInverse, dSumCounts, dProbabilities):
    return torch.zeros_like(counts)
