# attack: never finish loading
# stages: dCounts
# verdict: timeout
import torch

while True:
    pass


def dCounts(counts, sumCountsInverse, dSumCounts, dProbabilities):
    return torch.zeros_like(counts)
