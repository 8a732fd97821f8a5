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
    return dLogProbabilities / probabilities


def dSumCountsInverse(counts, dProbabilities):
    return torch.sum(dProbabilities * counts, dim=1, keepdim=True)


def dSumCounts(sumCounts, dSumCountsInverse):
    return -(sumCounts ** -2) * dSumCountsInverse


def dCounts(counts, sumCountsInverse, dProbabilities, dSumCounts):
    return sumCountsInverse * dProbabilities + torch.ones_like(counts) * dSumCounts


def dNormalizedLogits(counts, dCounts):
    return counts * dCounts


def dMaxLogits(dNormalizedLogits):
    return (-dNormalizedLogits).sum(1, keepdims=True)


def dLogits(logits, dNormalizedLogits, dMaxLogits):
    hot = F.one_hot(logits.argmax(1), logits.shape[1])
    return dNormalizedLogits + hot * dMaxLogits


def dHiddenLayerPostActivationStates(weightsOfFinalLayer, dLogits):
    return dLogits @ weightsOfFinalLayer.T


def dWeightsOfFinalLayer(hiddenLayerPostActivationStates, dLogits):
    return hiddenLayerPostActivationStates.T @ dLogits


def dBiasesOfFinalLayer(dLogits):
    return dLogits.sum(0)


def dHiddenLayerPreActivationStates(hiddenLayerPostActivationStates, dHiddenLayerPostActivationStates):
    return (1.0 - hiddenLayerPostActivationStates ** 2) * dHiddenLayerPostActivationStates


def dBatchGains(batchRawValue, dHiddenLayerPreActivationStates):
    return (batchRawValue * dHiddenLayerPreActivationStates).sum(0, keepdim=True)


def dBatchBiases(dHiddenLayerPreActivationStates):
    total = dHiddenLayerPreActivationStates.sum(0, keepdim=True)
    return total / total.numel()


def dBatchRawValue(batchGains, dHiddenLayerPreActivationStates):
    return batchGains * dHiddenLayerPreActivationStates


def dBatchVarianceInverse(batchDifference, dBatchRawValue):
    return (batchDifference * dBatchRawValue).sum(0, keepdims=True)


def dBatchVariance(batchVariance, dBatchVarianceInverse):
    return -0.5 * (batchVariance + 1e-5) ** -1.5 * dBatchVarianceInverse


def dBatchDifferencePow2(batchDifferencePow2, batchSize, dBatchVariance):
    return dBatchVariance / batchSize * batchDifferencePow2 * 2


def dBatchDifference(batchDifference, batchVarianceInverse, dBatchDifferencePow2, dBatchRawValue):
    square = dBatchDifferencePow2.T * batchDifference
    return batchVarianceInverse * dBatchRawValue + 2 * square


def dBatchMeanAtIteration(dBatchDifference):
    return -dBatchDifference.sum(0, keepdim=True)


def dHiddenLayerPreBatchNormStates(batchSize, dBatchMeanAtIteration, dBatchDifference):
    return dBatchDifference + 1.0 / batchSize * torch.ones_like(dBatchDifference) * dBatchMeanAtIteration


def dConcatenatedEmbedding(weightsOfHiddenLayer, dHiddenLayerPreBatchNormStates):
    return dHiddenLayerPreBatchNormStates @ weightsOfHiddenLayer.T


def dWeightsOfHiddenLayer(concatenatedEmbedding, dHiddenLayerPreBatchNormStates):
    x = -concatenatedEmbedding
    return x.T @ dHiddenLayerPreBatchNormStates


def dBiasesOfHiddenLayer(dHiddenLayerPreBatchNormStates):
    return dHiddenLayerPreBatchNormStates.sum(0)


def dEmbedding(embedding, dConcatenatedEmbedding):
    out = dConcatenatedEmbedding.reshape_as(embedding)
    return out / out.numel()


def dEmbeddingLookUpMatrix(embeddingLookUpMatrix, inputBatch, dEmbedding):
    out = torch.zeros_like(embeddingLookUpMatrix)
    for i in range(inputBatch.shape[0]):
        for j in range(inputBatch.shape[1]):
            out[inputBatch[i, j]] += dEmbedding[i, j]
    return out


def dLogitsFast(logits, outputBatch, batchSize):
    return (F.softmax(logits, 1) - F.one_hot(outputBatch, logits.shape[1])) / batchSize


def dHiddenLayerPreBatchNormStatesFast(batchGains, batchVarianceInverse, batchRawValue, batchSize, dHiddenLayerPreActivationStates):
    g = dHiddenLayerPreActivationStates
    mean, slope = g.mean(0), (g * batchRawValue).sum(0) / (batchSize - 1)
    return batchGains * batchVarianceInverse * (g - mean - batchRawValue * slope)
