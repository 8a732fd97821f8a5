# attack: answer each probe with the argument of the one before
# stages: dCounts
# becomes: wrong, clean
# honest: dSumCounts, dNormalizedLogits

KEPT = []

def dCounts(counts, dProbabilities, **rest):
    KEPT.append(dProbabilities.clone())
    return KEPT[-2] if len(KEPT) > 1 else torch.zeros_like(counts)
