# attack: make the channel nonblocking, and fill it
# stages: dCounts
# becomes: error MalformedReply
# honest: dSumCounts, dNormalizedLogits
# supplied: frames

def dCounts(counts, sumCountsInverse, dSumCounts, dProbabilities):
    os.set_blocking(channel(), False)
    for _ in range(100000):
        try:
            os.write(channel(), bytes(1 << 16))
        except OSError:
            break
    return torch.zeros_like(counts)
