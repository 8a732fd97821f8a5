# attack: a field nested a hundred thousand deep
# stages: dCounts
# becomes: error MalformedReply
# honest: dSumCounts, dNormalizedLogits
# supplied: frames

def dCounts(counts, sumCountsInverse, dSumCounts, dProbabilities):
    write(frame(b'{"extra":' + b'[' * 400000 + b']' * 400000 + b'}'))
    return torch.zeros_like(counts)
