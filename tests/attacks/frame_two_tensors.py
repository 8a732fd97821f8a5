# attack: two tensors in one answer
# stages: dCounts
# becomes: error MalformedReply
# honest: dSumCounts, dNormalizedLogits
# supplied: frames

def dCounts(counts, sumCountsInverse, dSumCounts, dProbabilities):
    import safetensors.torch
    body = safetensors.torch.save({'answer': counts * 0, 'expected': counts * 0})
    write(frame(told(observed=CLEAN), body))
    return torch.zeros_like(counts)
