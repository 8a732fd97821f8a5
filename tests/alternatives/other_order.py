# Sums in another order than torch takes them: halves, backwards, pairwise, running totals.
from functools import reduce

import torch


def dLogProbabilities(logProbabilities, outputBatch, batchSize):
    d = torch.zeros_like(logProbabilities)
    for row in reversed(range(batchSize)):
        d[row, outputBatch[row]] -= 1 / batchSize
    return d


def dProbabilities(probabilities, dLogProbabilities):
    return (1.0 / probabilities) * dLogProbabilities


def dSumCountsInverse(counts, dProbabilities):
    product = dProbabilities * counts
    return product.cumsum(1)[:, -1:]


def dSumCounts(sumCounts, dSumCountsInverse):
    return dSumCountsInverse / sumCounts / -sumCounts


def dCounts(counts, sumCountsInverse, dProbabilities, dSumCounts):
    columns = []
    for column in range(counts.shape[1]):
        columns.append(dSumCounts[:, 0] + dProbabilities[:, column] * sumCountsInverse[:, 0])
    return torch.stack(columns, dim=1)


def dNormalizedLogits(counts, dCounts):
    return dCounts * counts


def dMaxLogits(dNormalizedLogits):
    return -dNormalizedLogits.flip(1).cumsum(1)[:, -1:]


def dLogits(logits, dNormalizedLogits, dMaxLogits):
    order = logits.sort(1, descending=True).indices
    d = torch.zeros_like(logits)
    d[torch.arange(len(d)), order[:, 0]] = dMaxLogits.flatten()
    return d + dNormalizedLogits


def dHiddenLayerPostActivationStates(weightsOfFinalLayer, dLogits):
    half = dLogits.shape[1] // 2
    left = dLogits[:, :half] @ weightsOfFinalLayer[:, :half].T
    right = dLogits[:, half:] @ weightsOfFinalLayer[:, half:].T
    return right + left


def dWeightsOfFinalLayer(hiddenLayerPostActivationStates, dLogits):
    d = 0
    for h, g in zip(reversed(hiddenLayerPostActivationStates.unbind()), reversed(dLogits.unbind())):
        d = d + torch.outer(h, g)
    return d


def dBiasesOfFinalLayer(dLogits):
    return reduce(torch.add, reversed(dLogits.unbind()))


def dHiddenLayerPreActivationStates(hiddenLayerPostActivationStates, dHiddenLayerPostActivationStates):
    h = hiddenLayerPostActivationStates
    return dHiddenLayerPostActivationStates * (1 - h) * (1 + h)


def dBatchGains(batchRawValue, dHiddenLayerPreActivationStates):
    product = dHiddenLayerPreActivationStates * batchRawValue
    return product[::2].sum(0, keepdim=True) + product[1::2].sum(0, keepdim=True)


def dBatchBiases(dHiddenLayerPreActivationStates):
    return dHiddenLayerPreActivationStates.flip(0).cumsum(0)[-1:]


def dBatchRawValue(batchGains, dHiddenLayerPreActivationStates):
    return dHiddenLayerPreActivationStates * batchGains


def dBatchVarianceInverse(batchDifference, dBatchRawValue):
    half = len(batchDifference) // 2
    first = torch.sum(dBatchRawValue[:half] * batchDifference[:half], 0)
    second = torch.sum(dBatchRawValue[half:] * batchDifference[half:], 0)
    return (second + first).reshape(1, -1)


def dBatchVariance(batchVarianceInverse, dBatchVarianceInverse):
    i = batchVarianceInverse
    return i * (i * (i * (dBatchVarianceInverse * -0.5)))


def dBatchDifferencePow2(batchSize, dBatchVariance):
    return torch.cat([dBatchVariance] * batchSize) / (batchSize - 1)


def dBatchDifference(batchDifference, batchVarianceInverse, dBatchDifferencePow2, dBatchRawValue):
    return dBatchRawValue * batchVarianceInverse + dBatchDifferencePow2 * batchDifference + dBatchDifferencePow2 * batchDifference


def dBatchMeanAtIteration(dBatchDifference):
    return reduce(torch.sub, dBatchDifference.split(1), 0)


def dHiddenLayerPreBatchNormStates(batchSize, dBatchMeanAtIteration, dBatchDifference):
    return dBatchMeanAtIteration / batchSize + dBatchDifference


def dConcatenatedEmbedding(weightsOfHiddenLayer, dHiddenLayerPreBatchNormStates):
    columns = zip(dHiddenLayerPreBatchNormStates.unbind(1), weightsOfHiddenLayer.unbind(1))
    return sum(torch.outer(g, w) for g, w in columns)


def dWeightsOfHiddenLayer(concatenatedEmbedding, dHiddenLayerPreBatchNormStates):
    d = 0
    for x, g in zip(concatenatedEmbedding.flip(0), dHiddenLayerPreBatchNormStates.flip(0)):
        d = d + torch.outer(x, g)
    return d


def dBiasesOfHiddenLayer(dHiddenLayerPreBatchNormStates):
    return dHiddenLayerPreBatchNormStates.flip(0).cumsum(0)[-1]


def dEmbedding(embedding, dConcatenatedEmbedding, blockSize, embeddingSize):
    places = [dConcatenatedEmbedding[:, t * embeddingSize : (t + 1) * embeddingSize] for t in range(blockSize)]
    return torch.stack(places, 1)


def dEmbeddingLookUpMatrix(embeddingLookUpMatrix, inputBatch, dEmbedding):
    d = torch.zeros_like(embeddingLookUpMatrix)
    letters, order = inputBatch.flatten().sort(descending=True)
    for letter, row in zip(letters.tolist(), dEmbedding.flatten(0, 1)[order]):
        d[letter] = d[letter] + row
    return d


def dLogitsFast(logits, outputBatch, batchSize):
    e = logits.exp()
    total = e.flip(1).cumsum(1)[:, -1:]
    d = e / (batchSize * total)
    d[torch.arange(batchSize), outputBatch] -= 1 / batchSize
    return d


def dHiddenLayerPreBatchNormStatesFast(batchGains, batchVarianceInverse, batchRawValue, batchSize, dHiddenLayerPreActivationStates):
    g = dHiddenLayerPreActivationStates.flip(0)
    x = batchRawValue.flip(0)
    dBias = g.cumsum(0)[-1:]
    dGain = (g * x).cumsum(0)[-1:]
    d = batchGains * (g * batchVarianceInverse - dBias * batchVarianceInverse / batchSize - x * dGain * batchVarianceInverse / (batchSize - 1))
    return d.flip(0)
