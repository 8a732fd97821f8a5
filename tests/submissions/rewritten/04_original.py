# wrong: dBatchDifference dCounts dEmbeddingLookUpMatrix dHiddenLayerPostActivationStates dHiddenLayerPreActivationStates dHiddenLayerPreBatchNormStatesFast dLogProbabilities dMaxLogits dSumCounts dWeightsOfFinalLayer
from functools import reduce

import numpy as np
import torch
import torch.nn.functional as F
from torch import einsum

EPSILON = 1e-5


def dLogProbabilities(logProbabilities, batchSize, outputBatch):
    gradient = torch.zeros_like(logProbabilities)
    gradient[torch.arange(batchSize), outputBatch] = -1.0 / logProbabilities
    return gradient


def dProbabilities(probabilities, dLogProbabilities):
    return dLogProbabilities / probabilities


def dSumCountsInverse(counts, dProbabilities):
    return (counts.mT * dProbabilities.mT).sum(0).unsqueeze(-1)


def dSumCounts(sumCounts, dSumCountsInverse):
    return -sumCounts ** (-2).T * dSumCountsInverse


def dCounts(counts, sumCountsInverse, dProbabilities, dSumCounts):
    return sumCountsInverse * sumCountsInverse + torch.ones_like(counts) * dSumCounts


def dNormalizedLogits(probabilities, sumCounts, dCounts):
    # exp(x) = p * s
    return probabilities * (sumCounts * dCounts)


def dMaxLogits(dNormalizedLogits):
    return -dNormalizedLogits


def dLogits(logits, dNormalizedLogits, dMaxLogits):
    isMax = torch.nn.functional.one_hot(logits.max(1).indices, num_classes=logits.shape[1])
    return dNormalizedLogits + isMax * dMaxLogits


def dHiddenLayerPostActivationStates(weightsOfFinalLayer, dLogits):
    return torch.einsum("ij,kj->ki", dLogits, weightsOfFinalLayer)


def dWeightsOfFinalLayer(hiddenLayerPostActivationStates, dLogits):
    return hiddenLayerPostActivationStates.T * dLogits


def dBiasesOfFinalLayer(dLogits):
    return dLogits.sum(0)


def dHiddenLayerPreActivationStates(hiddenLayerPostActivationStates, dHiddenLayerPostActivationStates):
    t = torch.tanh(hiddenLayerPostActivationStates)
    return (1 - t * t) * dHiddenLayerPostActivationStates


def dBatchGains(batchRawValue, dHiddenLayerPreActivationStates):
    return (batchRawValue * dHiddenLayerPreActivationStates).sum(0, keepdims=True)


def dBatchBiases(batchBiases, dHiddenLayerPreActivationStates):
    sameRow = torch.zeros(len(dHiddenLayerPreActivationStates), dtype=torch.int64)
    return torch.zeros_like(batchBiases).index_add_(0, sameRow, dHiddenLayerPreActivationStates)


def dBatchRawValue(batchGains, dHiddenLayerPreActivationStates):
    return batchGains * dHiddenLayerPreActivationStates


def dBatchVarianceInverse(batchSize, batchDifference, dBatchRawValue):
    return torch.ones(1, batchSize) @ (batchDifference * dBatchRawValue)


def dBatchVariance(batchVarianceInverse, dBatchVarianceInverse):
    i = batchVarianceInverse
    return einsum("oh,oh,oh,oh->oh", i, i, i, -dBatchVarianceInverse / 2)


def dBatchDifferencePow2(batchDifferencePow2, batchSize, dBatchVariance):
    return 1.0 / (batchSize - 1) * torch.ones_like(batchDifferencePow2) * dBatchVariance


def dBatchDifference(batchDifference, batchVarianceInverse, dBatchDifferencePow2, dBatchRawValue):
    return 2.0 * batchDifference * dBatchDifferencePow2 - batchVarianceInverse * dBatchRawValue


def dBatchMeanAtIteration(dBatchDifference):
    return torch.sum(-1 * dBatchDifference, axis=0, keepdims=True)


def dHiddenLayerPreBatchNormStates(batchSize, dBatchMeanAtIteration, dBatchDifference):
    return dBatchDifference + 1.0 / batchSize * torch.ones_like(dBatchDifference) * dBatchMeanAtIteration


def dConcatenatedEmbedding(weightsOfHiddenLayer, dHiddenLayerPreBatchNormStates):
    return dHiddenLayerPreBatchNormStates @ weightsOfHiddenLayer.T


def dWeightsOfHiddenLayer(concatenatedEmbedding, dHiddenLayerPreBatchNormStates):
    d = 0
    for x, g in zip(concatenatedEmbedding.flip(0), dHiddenLayerPreBatchNormStates.flip(0)):
        d = d + torch.outer(x, g)
    return d


def dBiasesOfHiddenLayer(dHiddenLayerPreBatchNormStates):
    return dHiddenLayerPreBatchNormStates.sum(0)


def dEmbedding(embedding, dConcatenatedEmbedding):
    return dConcatenatedEmbedding.view(embedding.shape)


def dEmbeddingLookUpMatrix(embeddingSize, inputBatch, dEmbedding):
    grad = torch.zeros(27, embeddingSize)
    return grad.index_add_(0, inputBatch.flatten(), dEmbedding.view(-1, embeddingSize))


def dLogitsFast(logits, outputBatch, batchSize):
    gradient = F.softmax(logits, 1)
    gradient[torch.arange(batchSize), outputBatch] -= 1
    return gradient / batchSize


def dHiddenLayerPreBatchNormStatesFast(batchGains, batchVarianceInverse, batchRawValue, batchSize, dHiddenLayerPreActivationStates):
    g = dHiddenLayerPreActivationStates
    weight = 1 / batchSize + batchRawValue[:, None] * batchRawValue[None] / (batchSize - 1)
    return batchGains * dHiddenLayerPreActivationStates * (g - (weight * g[None]).sum(1))
