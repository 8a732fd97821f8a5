# attack: print terminal codes and half characters
# stages: dCounts
# becomes: wrong, review
# honest: dSumCounts, dNormalizedLogits

def dCounts(counts, sumCountsInverse, dSumCounts, dProbabilities):
    import os
    os.write(1, b'\x1b[2J\x1b]0;title\x07\xff\xfe\xc3' * 50)
    return torch.zeros_like(counts)
