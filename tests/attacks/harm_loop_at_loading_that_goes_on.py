# attack: never finish loading, whatever happens
# stages: dCounts
# becomes: timeout CpuLimit
# problem: attack.py: While the file was being loaded: The code was still computing

while True:
    try:
        while True:
            pass
    except BaseException:
        pass


def dCounts(counts, sumCountsInverse, dSumCounts, dProbabilities):
    return torch.zeros_like(counts)
