# attack: symlink and hard link
# stages: dCounts
# becomes: error PermissionError
# honest: dSumCounts, dNormalizedLogits

def dCounts(counts, sumCountsInverse, dSumCounts, dProbabilities):
    import os
    try:
        os.symlink('/etc/passwd', 'VICTIM/left-behind')
    except OSError:
        os.link('VICTIM/mark', 'VICTIM/left-behind')
    return torch.zeros_like(counts)
