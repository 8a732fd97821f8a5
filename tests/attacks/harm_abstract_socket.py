# attack: bind a local socket without a path
# stages: dCounts
# becomes: error PermissionError
# honest: dSumCounts, dNormalizedLogits

def dCounts(counts, sumCountsInverse, dSumCounts, dProbabilities):
    import socket
    socket.socket(socket.AF_UNIX).bind('\0left-behind')
    return torch.zeros_like(counts)
