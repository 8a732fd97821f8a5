# attack: change the returned tensor's memory after it was returned
# stages: dCounts
# becomes: wrong, review
# honest: dSumCounts, dNormalizedLogits

import weakref


def dCounts(counts, sumCountsInverse, dSumCounts, dProbabilities):
    result = torch.zeros_like(counts)
    weakref.finalize(result, print, 'gone')
    return torch.from_numpy(result.numpy()).set_(torch.zeros(3))
