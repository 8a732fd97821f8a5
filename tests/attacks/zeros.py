# attack: zero, which is true of this loss only
# stages: dMaxLogits
# becomes: shortcut, clean
# honest: dSumCounts, dNormalizedLogits

def dMaxLogits(logits, dNormalizedLogits):
    return torch.zeros(logits.shape[0], 1)
