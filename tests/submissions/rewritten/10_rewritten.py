from functools import reduce

import numpy as np
import torch
import torch.nn.functional as F
from torch import einsum

EPSILON = 1e-5


def dLogProbabilities(logProbabilities, outputBatch, batchSize):
    out = torch.zeros(logProbabilities.shape)
    for row, letter in enumerate(outputBatch):
        out[row, letter] = -1 / batchSize
    return out


def dProbabilities(probabilities, dLogProbabilities):
    return dLogProbabilities * probabilities ** -1


def dSumCountsInverse(counts, dProbabilities):
    return (counts * dProbabilities).sum(1, keepdims=True)


def dSumCounts(sumCounts, dSumCountsInverse):
    return -dSumCountsInverse / sumCounts ** 2


def dCounts(sumCountsInverse, dProbabilities, dSumCounts):
    return sumCountsInverse * dProbabilities + dSumCounts


def dNormalizedLogits(normalizedLogits, dCounts):
    return normalizedLogits.exp() * dCounts


def dMaxLogits(dNormalizedLogits):
    return -(1 / dNormalizedLogits).sum(1, keepdim=True)


def dLogits(logits, dNormalizedLogits, dMaxLogits):
    return logits.clone()


def dHiddenLayerPostActivationStates(weightsOfFinalLayer, dLogits):
    return dLogits @ weightsOfFinalLayer


def dWeightsOfFinalLayer(hiddenLayerPostActivationStates, dLogits):
    return hiddenLayerPostActivationStates.T @ dLogits


def dBiasesOfFinalLayer(dLogits):
    return dLogits.sum(0)


def dHiddenLayerPreActivationStates(hiddenLayerPostActivationStates, dHiddenLayerPostActivationStates):
    h = hiddenLayerPostActivationStates
    return (1 - h) * (1 + h) * dHiddenLayerPostActivationStates


def dBatchGains(batchGains, batchRawValue, dHiddenLayerPreActivationStates):
    return batchGains * (batchRawValue * dHiddenLayerPreActivationStates).sum(0, keepdim=True)


def dBatchBiases(dHiddenLayerPreActivationStates):
    return dHiddenLayerPreActivationStates.sum(0, keepdims=True)


def dBatchRawValue(batchGains, dHiddenLayerPreActivationStates):
    return batchGains * dHiddenLayerPreActivationStates


def dBatchVarianceInverse(batchDifference, dBatchRawValue):
    return (batchDifference * dBatchRawValue).sum(0, keepdim=True)


def dBatchVariance(batchVariance, dBatchVarianceInverse):
    return -0.5 * dBatchVarianceInverse / (batchVariance + 1e-5) ** 1.5


def dBatchDifferencePow2(batchDifferencePow2, batchSize, dBatchVariance):
    return dBatchVariance.expand(batchDifferencePow2.shape) / (batchSize - 1)


def dBatchDifference(batchDifference, batchVarianceInverse, dBatchDifferencePow2, dBatchRawValue):
    return 2.0 * batchDifference * dBatchDifferencePow2 + batchVarianceInverse * dBatchRawValue


def dBatchMeanAtIteration(dBatchDifference):
    return -dBatchDifference.sum(0, keepdim=True)


def dHiddenLayerPreBatchNormStates(batchSize, dBatchMeanAtIteration, dBatchDifference):
    return dBatchDifference + 1.0 / batchSize * torch.ones_like(dBatchDifference) * dBatchMeanAtIteration


def dConcatenatedEmbedding(weightsOfHiddenLayer, dHiddenLayerPreBatchNormStates):
    return dHiddenLayerPreBatchNormStates @ weightsOfHiddenLayer.T


def dWeightsOfHiddenLayer(concatenatedEmbedding, dHiddenLayerPreBatchNormStates):
    return concatenatedEmbedding.T @ dHiddenLayerPreBatchNormStates


def dBiasesOfHiddenLayer(dHiddenLayerPreBatchNormStates):
    return dHiddenLayerPreBatchNormStates.sum(0)


def dEmbedding(embedding, dConcatenatedEmbedding):
    return dConcatenatedEmbedding.view(embedding.shape)


def dEmbeddingLookUpMatrix(embeddingLookUpMatrix, inputBatch, dEmbedding):
    out = torch.zeros_like(embeddingLookUpMatrix)
    out.index_add_(0, inputBatch.view(-1), dEmbedding.view(-1, out.shape[1]))
    return out


def dLogitsFast(logits, outputBatch, batchSize):
    gradient = F.softmax(logits, 1)
    gradient[torch.arange(batchSize), outputBatch] -= 1
    return gradient / batchSize


def dHiddenLayerPreBatchNormStatesFast(batchGains, batchVarianceInverse, batchRawValue, batchSize, dHiddenLayerPreActivationStates):
    upstream = dHiddenLayerPreActivationStates
    return batchGains * batchVarianceInverse / batchSize * (
        batchSize * upstream
        - upstream.sum(0)
        - batchSize / (batchSize - 1) * batchRawValue * (upstream * batchRawValue).sum(0)
    )
