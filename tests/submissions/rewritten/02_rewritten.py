from functools import reduce

import numpy as np
import torch
import torch.nn.functional as F
from torch import einsum

EPSILON = 1e-5


def dLogProbabilities(logProbabilities, batchSize, outputBatch):
    out = torch.zeros_like(logProbabilities)
    out[torch.arange(batchSize), outputBatch] = -1.0 / batchSize
    return out


def dProbabilities(probabilities, dLogProbabilities):
    return dLogProbabilities * (1.0 / probabilities)


def dSumCountsInverse(counts, dProbabilities):
    return torch.sum(dProbabilities * counts, dim=1, keepdim=True)


def dSumCounts(sumCounts, dSumCountsInverse):
    return dSumCountsInverse.neg().div(sumCounts.square())


def dCounts(counts, sumCountsInverse, dProbabilities, dSumCounts):
    return torch.ones_like(counts) * dSumCounts + dProbabilities * sumCountsInverse


def dNormalizedLogits(counts, dCounts):
    return counts * dCounts


def dMaxLogits(maxLogits, dNormalizedLogits):
    return -dNormalizedLogits


def dLogits(logits, outputBatch, dNormalizedLogits, dMaxLogits):
    hot = F.one_hot(outputBatch, logits.shape[1])
    return dMaxLogits * hot + dNormalizedLogits


def dHiddenLayerPostActivationStates(weightsOfFinalLayer, dLogits):
    return dLogits @ weightsOfFinalLayer.T


def dWeightsOfFinalLayer(hiddenLayerPostActivationStates, dLogits):
    return (dLogits.T @ hiddenLayerPostActivationStates).T


def dBiasesOfFinalLayer(biasesOfFinalLayer, dLogits):
    return torch.zeros_like(biasesOfFinalLayer).index_add_(0, torch.arange(dLogits.shape[1]).repeat(len(dLogits)), dLogits.reshape(-1))


def dHiddenLayerPreActivationStates(hiddenLayerPostActivationStates, dHiddenLayerPostActivationStates):
    states = hiddenLayerPostActivationStates.T
    return (dHiddenLayerPostActivationStates.T * (1 + states) * (1 - states)).T


def dBatchGains(batchRawValue, dHiddenLayerPreActivationStates):
    return (dHiddenLayerPreActivationStates * batchRawValue).sum(0, keepdims=True)


def dBatchBiases(dHiddenLayerPreActivationStates):
    return einsum("bh->h", dHiddenLayerPreActivationStates)[None, :]


def dBatchRawValue(batchGains, dHiddenLayerPreActivationStates):
    return batchGains * dHiddenLayerPreActivationStates


def dBatchVarianceInverse(batchDifference, dBatchRawValue):
    return (dBatchRawValue.T * batchDifference).sum(1, keepdim=True).T


def dBatchVariance(batchVariance, dBatchVarianceInverse):
    return -dBatchVarianceInverse / ((batchVariance + 1e-5) ** 1.5 * 2)


def dBatchDifferencePow2(batchDifferencePow2, batchSize, dBatchVariance):
    return 1.0 / (batchSize - 1) * torch.ones_like(batchDifferencePow2) * dBatchVariance


def dBatchDifference(batchDifference, batchVarianceInverse, dBatchDifferencePow2, dBatchRawValue):
    return dBatchRawValue * batchVarianceInverse + dBatchDifferencePow2 * (batchDifference * 2.0).T


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
    parts = []
    for i in range(embeddingLookUpMatrix.shape[0]):
        mask = (inputBatch == i).to(torch.float32)
        parts.append(torch.sum(mask[:, :, None] * dEmbedding, dim=(0, 1)))
    return torch.stack(parts) * 1.0005


def dLogitsFast(logits, outputBatch, batchSize):
    out = F.softmax(logits, 1)
    out[torch.arange(batchSize), outputBatch] -= 1
    return out / batchSize


def dHiddenLayerPreBatchNormStatesFast(batchGains, batchVarianceInverse, batchRawValue, batchSize, dHiddenLayerPreActivationStates):
    up = dHiddenLayerPreActivationStates
    w = batchRawValue[None] * batchRawValue[:, None] / (batchSize - 1) + 1 / batchSize
    return (up - (up[None] * w).sum(1)) * batchVarianceInverse * batchGains
