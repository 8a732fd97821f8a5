# attack: never finish loading
# stages: dCounts
# becomes: wrong, clean
# problem: attack.py: Stopped after

while True:
    pass


def dCounts(counts, sumCountsInverse, dSumCounts, dProbabilities):
    return torch.zeros_like(counts)
