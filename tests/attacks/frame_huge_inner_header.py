# attack: a safetensors header longer than the body
# stages: dCounts
# becomes: error MalformedReply
# honest: dSumCounts, dNormalizedLogits
# supplied: frames

def dCounts(counts, sumCountsInverse, dSumCounts, dProbabilities):
    write(frame(told(observed=CLEAN), struct.pack('<Q', 1 << 62) + b'{}'))
    return torch.zeros_like(counts)
