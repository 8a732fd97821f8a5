# attack: a command line
# stages: dCounts
# becomes: error AssertionError
# honest: dSumCounts, dNormalizedLogits

def dCounts(counts, sumCountsInverse, dSumCounts, dProbabilities):
    import os
    assert os.system('touch VICTIM/left-behind') == 0
    return torch.zeros_like(counts)
