# wrong: dBatchBiases dBatchDifference dBatchDifferencePow2 dEmbedding dWeightsOfHiddenLayer
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
    return (counts * dProbabilities).sum(1, keepdims=True)


def dSumCounts(sumCounts, dSumCountsInverse):
    return -(sumCounts ** -2) * dSumCountsInverse


def dCounts(counts, sumCountsInverse, dProbabilities, dSumCounts):
    return sumCountsInverse * dProbabilities + torch.ones_like(counts) * dSumCounts


def dNormalizedLogits(counts, dCounts):
    return counts * dCounts


def dMaxLogits(dNormalizedLogits):
    return (-dNormalizedLogits).sum(1, keepdims=True)


def dLogits(logits, dNormalizedLogits, dMaxLogits):
    d = dNormalizedLogits.numpy().copy()
    d[np.arange(len(d)), np.argmax(logits.numpy(), axis=1)] += dMaxLogits.numpy()[:, 0]
    return torch.from_numpy(d)


def dHiddenLayerPostActivationStates(weightsOfFinalLayer, dLogits):
    return dLogits @ weightsOfFinalLayer.T


def dWeightsOfFinalLayer(hiddenLayerPostActivationStates, dLogits):
    return hiddenLayerPostActivationStates.T @ dLogits


def dBiasesOfFinalLayer(batchSize, dLogits):
    return torch.ones(batchSize) @ dLogits


def dHiddenLayerPreActivationStates(hiddenLayerPostActivationStates, dHiddenLayerPostActivationStates):
    return (1.0 - hiddenLayerPostActivationStates ** 2) * dHiddenLayerPostActivationStates


def dBatchGains(batchSize, batchRawValue, dHiddenLayerPreActivationStates):
    return torch.ones(1, batchSize) @ (batchRawValue * dHiddenLayerPreActivationStates)


def dBatchBiases(dHiddenLayerPreActivationStates):
    return torch.sum(dHiddenLayerPreActivationStates, dim=0, keepdim=True) / torch.sum(dHiddenLayerPreActivationStates, dim=0, keepdim=True).numel()


def dBatchRawValue(batchGains, dHiddenLayerPreActivationStates):
    return dHiddenLayerPreActivationStates.clone().mul_(batchGains)


def dBatchVarianceInverse(batchDifference, dBatchRawValue):
    return (batchDifference * dBatchRawValue).sum(0, keepdims=True)


def dBatchVariance(batchVariance, dBatchVarianceInverse):
    return -0.5 * (batchVariance + 1e-5) ** -1.5 * dBatchVarianceInverse


def dBatchDifferencePow2(batchDifferencePow2, batchSize, dBatchVariance):
    return 2 * batchDifferencePow2 * dBatchVariance / batchSize


def dBatchDifference(batchDifference, batchVarianceInverse, dBatchDifferencePow2, dBatchRawValue):
    return 2.0 * batchDifference * dBatchDifferencePow2.T + batchVarianceInverse * dBatchRawValue


def dBatchMeanAtIteration(batchMeanAtIteration, dBatchDifference):
    sameRow = torch.zeros(len(dBatchDifference), dtype=torch.int64)
    return torch.zeros_like(batchMeanAtIteration).index_add_(0, sameRow, dBatchDifference, alpha=-1)


def dHiddenLayerPreBatchNormStates(batchSize, dBatchMeanAtIteration, dBatchDifference):
    return dBatchDifference + 1.0 / batchSize * torch.ones_like(dBatchDifference) * dBatchMeanAtIteration


def dConcatenatedEmbedding(weightsOfHiddenLayer, dHiddenLayerPreBatchNormStates):
    return dHiddenLayerPreBatchNormStates @ weightsOfHiddenLayer.T


def dWeightsOfHiddenLayer(concatenatedEmbedding, dHiddenLayerPreBatchNormStates):
    return -concatenatedEmbedding.T @ dHiddenLayerPreBatchNormStates


def dBiasesOfHiddenLayer(dHiddenLayerPreBatchNormStates):
    return dHiddenLayerPreBatchNormStates.sum(0)


def dEmbedding(embedding, dConcatenatedEmbedding):
    return dConcatenatedEmbedding.reshape_as(embedding) / dConcatenatedEmbedding.reshape_as(embedding).numel()


def dEmbeddingLookUpMatrix(embeddingLookUpMatrix, inputBatch, dEmbedding):
    d = np.zeros_like(embeddingLookUpMatrix.numpy())
    np.add.at(d, inputBatch.numpy(), dEmbedding.numpy())
    return torch.from_numpy(d)


def dLogitsFast(logits, outputBatch, batchSize):
    gradient = F.softmax(logits, 1)
    gradient[torch.arange(batchSize), outputBatch] -= 1
    return gradient / batchSize


def dHiddenLayerPreBatchNormStatesFast(batchGains, batchVarianceInverse, batchRawValue, batchSize, dHiddenLayerPreActivationStates):
    g = dHiddenLayerPreActivationStates
    # how much row i feels of row j, for each column
    weight = 1 / batchSize + batchRawValue[:, None] * batchRawValue[None] / (batchSize - 1)
    return batchGains * batchVarianceInverse * (g - (weight * g[None]).sum(1))
