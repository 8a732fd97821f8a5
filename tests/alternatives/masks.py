# Comparisons instead of indices: a mask says where a gradient goes.
import torch


def dLogProbabilities(logProbabilities, outputBatch, batchSize):
    chosen = torch.arange(logProbabilities.shape[1]) == outputBatch.view(-1, 1)
    return torch.where(chosen, -1.0 / batchSize, 0.0)


def dProbabilities(probabilities, dLogProbabilities):
    used = dLogProbabilities != 0
    return torch.where(used, dLogProbabilities / probabilities, torch.zeros_like(probabilities))


def dSumCountsInverse(counts, dProbabilities):
    return torch.where(dProbabilities != 0, counts * dProbabilities, 0.0).sum(1, keepdim=True)


def dSumCounts(sumCounts, dSumCountsInverse):
    return torch.where(sumCounts > 0, -dSumCountsInverse / sumCounts ** 2, 0.0)


def dCounts(counts, sumCountsInverse, dProbabilities, dSumCounts):
    everywhere = torch.ones_like(counts).bool()
    return torch.where(everywhere, dSumCounts, 0.0) + sumCountsInverse * dProbabilities


def dNormalizedLogits(normalizedLogits, dCounts):
    return normalizedLogits.exp().mul(dCounts)


def dMaxLogits(logits, maxLogits, dNormalizedLogits):
    return dNormalizedLogits.sum(1, keepdim=True).mul(-1)


def dLogits(logits, dNormalizedLogits, dMaxLogits):
    isMax = logits == logits.max(1, keepdim=True).values
    return dNormalizedLogits + isMax * dMaxLogits


def dHiddenLayerPostActivationStates(weightsOfFinalLayer, dLogits):
    return torch.inner(dLogits, weightsOfFinalLayer)


def dWeightsOfFinalLayer(hiddenLayerPostActivationStates, dLogits):
    return torch.inner(hiddenLayerPostActivationStates.T, dLogits.T)


def dBiasesOfFinalLayer(dLogits):
    return dLogits.sum(axis=0)


def dHiddenLayerPreActivationStates(hiddenLayerPostActivationStates, dHiddenLayerPostActivationStates):
    slope = 1 - torch.square(hiddenLayerPostActivationStates)
    flat = slope <= 0
    return dHiddenLayerPostActivationStates * slope.masked_fill(flat, 0)


def dBatchGains(batchRawValue, dHiddenLayerPreActivationStates):
    return torch.sum(batchRawValue * dHiddenLayerPreActivationStates, axis=0, keepdims=True)


def dBatchBiases(dHiddenLayerPreActivationStates):
    return torch.sum(dHiddenLayerPreActivationStates, axis=0, keepdims=True)


def dBatchRawValue(batchGains, dHiddenLayerPreActivationStates):
    return torch.where(batchGains != 0, batchGains * dHiddenLayerPreActivationStates, 0.0)


def dBatchVarianceInverse(batchDifference, dBatchRawValue):
    above = batchDifference > 0
    product = batchDifference * dBatchRawValue
    return (product * above).sum(0, keepdim=True) + (product * ~above).sum(0, keepdim=True)


def dBatchVariance(batchVariance, dBatchVarianceInverse):
    return -dBatchVarianceInverse / (2 * (batchVariance + 1e-5) ** 1.5)


def dBatchDifferencePow2(batchDifferencePow2, batchSize, dBatchVariance):
    return torch.full_like(batchDifferencePow2, 1 / (batchSize - 1)).mul(dBatchVariance)


def dBatchDifference(batchDifference, batchVarianceInverse, dBatchDifferencePow2, dBatchRawValue):
    # d|x|^2 = 2 |x| sign(x)
    square = 2 * batchDifference.abs() * torch.where(batchDifference > 0, 1.0, -1.0)
    return square * dBatchDifferencePow2 + batchVarianceInverse * dBatchRawValue


def dBatchMeanAtIteration(dBatchDifference):
    return torch.sum(-1 * dBatchDifference, axis=0, keepdims=True)


def dHiddenLayerPreBatchNormStates(batchSize, dBatchMeanAtIteration, dBatchDifference):
    sameColumn = torch.ones_like(dBatchDifference, dtype=torch.bool)
    return dBatchDifference + sameColumn * dBatchMeanAtIteration / batchSize


def dConcatenatedEmbedding(weightsOfHiddenLayer, dHiddenLayerPreBatchNormStates):
    return torch.inner(dHiddenLayerPreBatchNormStates, weightsOfHiddenLayer)


def dWeightsOfHiddenLayer(concatenatedEmbedding, dHiddenLayerPreBatchNormStates):
    return torch.inner(concatenatedEmbedding.T, dHiddenLayerPreBatchNormStates.T)


def dBiasesOfHiddenLayer(dHiddenLayerPreBatchNormStates):
    return dHiddenLayerPreBatchNormStates.sum(axis=0)


def dEmbedding(embedding, dConcatenatedEmbedding):
    d = torch.empty_like(embedding)
    d[torch.ones_like(embedding, dtype=torch.bool)] = dConcatenatedEmbedding.ravel()
    return d


def dEmbeddingLookUpMatrix(embeddingLookUpMatrix, inputBatch, dEmbedding):
    d = torch.zeros_like(embeddingLookUpMatrix)
    for letter in inputBatch.unique():
        d[letter] = dEmbedding[inputBatch == letter].sum(0)
    return d


def dLogitsFast(logits, outputBatch, batchSize):
    chosen = torch.arange(logits.shape[1]) == outputBatch.view(-1, 1)
    p = logits.softmax(dim=1)
    return torch.where(chosen, p - 1, p) / batchSize


def dHiddenLayerPreBatchNormStatesFast(batchGains, batchVarianceInverse, batchRawValue, batchSize, dHiddenLayerPreActivationStates):
    same = torch.eye(batchSize, dtype=torch.bool)
    own = torch.where(same, 1 - 1 / batchSize, -1 / batchSize)
    g = dHiddenLayerPreActivationStates
    return batchGains * batchVarianceInverse * (own @ g - batchRawValue * (batchRawValue * g).sum(0) / (batchSize - 1))
