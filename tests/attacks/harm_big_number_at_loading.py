# attack: a constant that takes for ever: 9**9**9
# stages: dCounts
# verdict: timeout
import torch

x = 9**9**9


def dCounts(counts, sumCountsInverse, dSumCounts, dProbabilities):
    return torch.zeros_like(counts)
