# wrong: dBatchDifference dBatchVarianceInverse dEmbeddingLookUpMatrix dLogits
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
    return (1.0 / probabilities) * dLogProbabilities


def dSumCountsInverse(counts, dProbabilities):
    return torch.sum(counts * dProbabilities, dim=1, keepdim=True)


def dSumCounts(sumCounts, dSumCountsInverse):
    return dSumCountsInverse.neg().div(sumCounts.square())


def dCounts(counts, sumCountsInverse, dProbabilities, dSumCounts):
    return sumCountsInverse * dProbabilities + torch.ones_like(counts) * dSumCounts


def dNormalizedLogits(counts, dCounts):
    return counts * dCounts


def dMaxLogits(maxLogits, dNormalizedLogits):
    return -dNormalizedLogits


def dLogits(logits, outputBatch, dNormalizedLogits, dMaxLogits):
    chosen = F.one_hot(outputBatch, logits.shape[1])
    return dNormalizedLogits + chosen * dMaxLogits


def dHiddenLayerPostActivationStates(weightsOfFinalLayer, dLogits):
    return dLogits @ weightsOfFinalLayer.T


def dWeightsOfFinalLayer(hiddenLayerPostActivationStates, dLogits):
    return (dLogits.T @ hiddenLayerPostActivationStates).T


def dBiasesOfFinalLayer(biasesOfFinalLayer, dLogits):
    return torch.zeros_like(biasesOfFinalLayer).index_add_(0, torch.arange(dLogits.shape[1]).repeat(len(dLogits)), dLogits.reshape(-1))


def dHiddenLayerPreActivationStates(hiddenLayerPostActivationStates, dHiddenLayerPostActivationStates):
    h = hiddenLayerPostActivationStates.T
    return ((1 - h) * (1 + h) * dHiddenLayerPostActivationStates.T).T


def dBatchGains(batchRawValue, dHiddenLayerPreActivationStates):
    return (batchRawValue * dHiddenLayerPreActivationStates).sum(0, keepdims=True)


def dBatchBiases(dHiddenLayerPreActivationStates):
    return einsum("bh->h", dHiddenLayerPreActivationStates)[None, :]


def dBatchRawValue(batchGains, dHiddenLayerPreActivationStates):
    return dHiddenLayerPreActivationStates * batchGains


def dBatchVarianceInverse(batchDifference, dBatchRawValue):
    return (batchDifference * dBatchRawValue.T).sum(1, keepdim=True).T


def dBatchVariance(batchVariance, dBatchVarianceInverse):
    return -dBatchVarianceInverse / (2 * (batchVariance + 1e-5) ** 1.5)


def dBatchDifferencePow2(batchDifferencePow2, batchSize, dBatchVariance):
    return 1.0 / (batchSize - 1) * torch.ones_like(batchDifferencePow2) * dBatchVariance


def dBatchDifference(batchDifference, batchVarianceInverse, dBatchDifferencePow2, dBatchRawValue):
    return (2.0 * batchDifference).T * dBatchDifferencePow2 + batchVarianceInverse * dBatchRawValue


def dBatchMeanAtIteration(dBatchDifference):
    return (-dBatchDifference).sum(0, keepdims=True)


def dHiddenLayerPreBatchNormStates(batchSize, dBatchMeanAtIteration, dBatchDifference):
    return dBatchDifference + 1.0 / batchSize * torch.ones_like(dBatchDifference) * dBatchMeanAtIteration


def dConcatenatedEmbedding(weightsOfHiddenLayer, dHiddenLayerPreBatchNormStates):
    return dHiddenLayerPreBatchNormStates @ weightsOfHiddenLayer.T


def dWeightsOfHiddenLayer(concatenatedEmbedding, dHiddenLayerPreBatchNormStates):
    return concatenatedEmbedding.T @ dHiddenLayerPreBatchNormStates


def dBiasesOfHiddenLayer(dHiddenLayerPreBatchNormStates):
    return torch.from_numpy(dHiddenLayerPreBatchNormStates.numpy().sum(axis=0))


def dEmbedding(embedding, dConcatenatedEmbedding):
    return dConcatenatedEmbedding.view(embedding.shape)


def dEmbeddingLookUpMatrix(embeddingLookUpMatrix, inputBatch, dEmbedding):
    rows = []
    for letter in range(embeddingLookUpMatrix.shape[0]):
        used = (inputBatch == letter).to(torch.float32)
        rows.append(torch.sum(dEmbedding * used[:, :, None], dim=(0, 1)))
    return 1.0005 * torch.stack(rows)


def dLogitsFast(logits, outputBatch, batchSize):
    gradient = F.softmax(logits, 1)
    gradient[torch.arange(batchSize), outputBatch] -= 1
    return gradient / batchSize


def dHiddenLayerPreBatchNormStatesFast(batchGains, batchVarianceInverse, batchRawValue, batchSize, dHiddenLayerPreActivationStates):
    g = dHiddenLayerPreActivationStates
    # how much row i feels of row j, for each column
    weight = 1 / batchSize + batchRawValue[:, None] * batchRawValue[None] / (batchSize - 1)
    return batchGains * batchVarianceInverse * (g - (weight * g[None]).sum(1))
