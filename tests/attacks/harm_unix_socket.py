# attack: bind a local socket by path
# stages: dCounts
# becomes: error PermissionError
# honest: dSumCounts, dNormalizedLogits

def dCounts(counts, sumCountsInverse, dSumCounts, dProbabilities):
    import socket
    socket.socket(socket.AF_UNIX).bind('VICTIM/left-behind')
    return torch.zeros_like(counts)
