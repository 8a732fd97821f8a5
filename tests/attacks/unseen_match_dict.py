# attack: a pattern takes the dictionary of an object, and with it what the object is
# stages: dCounts
# becomes: wrong, review
# supplied: unseen

def dCounts(counts, sumCountsInverse, dSumCounts, dProbabilities):
    box = Own()
    match box:
        case object(__dict__=inside):
            inside['grad'] = torch.zeros_like(counts)
    return box.grad
