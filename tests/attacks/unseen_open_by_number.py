# attack: open reads a descriptor that is there already
# stages: dCounts
# becomes: wrong, review
# supplied: unseen

def dCounts(counts, sumCountsInverse, dSumCounts, dProbabilities):
    for number in range(3, 20):
        try:
            open(number, closefd=False)
        except OSError:
            continue
    return torch.zeros_like(counts)
