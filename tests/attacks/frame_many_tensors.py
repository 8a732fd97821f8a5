# attack: a hundred thousand tensors in one answer
# stages: dCounts
# becomes: error MalformedReply
# honest: dSumCounts, dNormalizedLogits
# supplied: frames

def dCounts(counts, sumCountsInverse, dSumCounts, dProbabilities):
    entries = {f't{i}': {'dtype': 'F32', 'shape': [0], 'data_offsets': [0, 0]} for i in range(100000)}
    head = json.dumps(entries).encode()
    write(frame(told(observed=CLEAN), struct.pack('<Q', len(head)) + head))
    return torch.zeros_like(counts)
