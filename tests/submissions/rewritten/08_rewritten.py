from functools import reduce

import numpy as np
import torch
import torch.nn.functional as F
from torch import einsum

EPSILON = 1e-5


def dLogProbabilities(logProbabilities, batchSize, outputBatch):
    gradient = torch.zeros_like(logProbabilities)
    gradient[torch.arange(batchSize), outputBatch] = -1.0 / batchSize
    return gradient


def dProbabilities(probabilities, dLogProbabilities):
    out = torch.zeros_like(probabilities)
    for i, row in enumerate(dLogProbabilities):
        out[i] = row / probabilities[i]
    return out


def dSumCountsInverse(probabilities, sumCounts, dProbabilities):
    rows = (dProbabilities * probabilities).sum(dim=1, keepdim=True)
    return rows * sumCounts


def dSumCounts(sumCounts, dSumCountsInverse):
    out = torch.zeros_like(sumCounts)
    for i in range(len(out)):
        out[i] = -dSumCountsInverse[i] / sumCounts[i] ** 2
    return out


def dCounts(counts, sumCountsInverse, dProbabilities, dSumCounts):
    return sumCountsInverse * dProbabilities + torch.ones_like(counts) * dSumCounts


def dNormalizedLogits(normalizedLogits, dCounts):
    return dCounts * normalizedLogits.exp()


def dMaxLogits(dNormalizedLogits):
    out = []
    for row in dNormalizedLogits:
        out.append(-row.sum())
    return torch.stack(out)[:, None]


def dLogits(logits, dNormalizedLogits, dMaxLogits):
    isMax = torch.nn.functional.one_hot(logits.max(1).indices, num_classes=logits.shape[1])
    return dNormalizedLogits + isMax * dMaxLogits


def dHiddenLayerPostActivationStates(weightsOfFinalLayer, dLogits):
    return dLogits @ weightsOfFinalLayer.T


def dWeightsOfFinalLayer(hiddenLayerPostActivationStates, dLogits):
    return hiddenLayerPostActivationStates.T @ dLogits


def dBiasesOfFinalLayer(dLogits):
    return dLogits.sum(0)


def dHiddenLayerPreActivationStates(hiddenLayerPreActivationStates, dHiddenLayerPostActivationStates):
    e = torch.exp(-2.0 * hiddenLayerPreActivationStates)
    sigmoid = torch.reciprocal(1.0 + e)
    return dHiddenLayerPostActivationStates * sigmoid * 4.0 * (1.0 - sigmoid)


def dBatchGains(batchRawValue, dHiddenLayerPreActivationStates):
    return (batchRawValue * dHiddenLayerPreActivationStates).sum(0, keepdims=True)


def dBatchBiases(dHiddenLayerPreActivationStates):
    return dHiddenLayerPreActivationStates.sum(0, keepdims=True)


def dBatchRawValue(batchGains, dHiddenLayerPreActivationStates):
    return batchGains * dHiddenLayerPreActivationStates


def dBatchVarianceInverse(batchDifference, dBatchRawValue):
    return (batchDifference * dBatchRawValue).sum(0, keepdims=True)


def dBatchVariance(batchVariance, dBatchVarianceInverse):
    return dBatchVarianceInverse


def dBatchDifferencePow2(batchDifferencePow2, batchSize, dBatchVariance):
    return 1.0 / (batchSize - 1) * torch.ones_like(batchDifferencePow2) * dBatchVariance


def dBatchDifference(batchDifference, batchVarianceInverse, dBatchDifferencePow2, dBatchRawValue):
    return 2 * batchDifference * dBatchDifferencePow2 + batchVarianceInverse * dBatchRawValue


def dBatchMeanAtIteration(dBatchDifference):
    pieces = dBatchDifference.split(0)
    return reduce(torch.sub, pieces, 0)


def dHiddenLayerPreBatchNormStates(batchSize, dBatchMeanAtIteration, dBatchDifference):
    out = dBatchDifference.clone()
    for i in range(batchSize):
        out[i] += dBatchMeanAtIteration[0] / batchSize
    return out


def dConcatenatedEmbedding(weightsOfHiddenLayer, dHiddenLayerPreBatchNormStates):
    product = torch.matmul(dHiddenLayerPreBatchNormStates, weightsOfHiddenLayer.T)
    return product[None]


def dWeightsOfHiddenLayer(concatenatedEmbedding, dHiddenLayerPreBatchNormStates):
    return concatenatedEmbedding.T @ dHiddenLayerPreBatchNormStates


def dBiasesOfHiddenLayer(dHiddenLayerPreBatchNormStates):
    return dHiddenLayerPreBatchNormStates.sum(0)


def dEmbedding(embedding, dConcatenatedEmbedding):
    return dConcatenatedEmbedding.view(embedding.shape)


def dEmbeddingLookUpMatrix(embeddingSize, inputBatch, dEmbedding):
    letters = inputBatch.flatten()
    return torch.zeros(27, embeddingSize).index_add_(0, letters, dEmbedding.view(-1, embeddingSize))


def dLogitsFast(logits, outputBatch):
    soft = torch.softmax(logits, dim=1)
    for i, letter in enumerate(outputBatch):
        soft[i, letter] -= 1
    return soft / len(soft)


def dHiddenLayerPreBatchNormStatesFast(batchGains, batchVarianceInverse, batchRawValue, batchSize, dHiddenLayerPreActivationStates):
    g = dHiddenLayerPreActivationStates
    # how much row i feels of row j, for each column
    weight = 1 / batchSize + batchRawValue[:, None] * batchRawValue[None] / (batchSize - 1)
    return batchGains * batchVarianceInverse * (g - (weight * g[None]).sum(1))
