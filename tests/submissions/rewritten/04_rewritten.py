from functools import reduce

import numpy as np
import torch
import torch.nn.functional as F
from torch import einsum

EPSILON = 1e-5


def dLogProbabilities(logProbabilities, batchSize, outputBatch):
    rows = torch.arange(batchSize)
    value = -1.0 / logProbabilities
    out = torch.zeros_like(logProbabilities)
    out[rows, outputBatch] = value
    return out


def dProbabilities(probabilities, dLogProbabilities):
    return dLogProbabilities / probabilities


def dSumCountsInverse(counts, dProbabilities):
    product = dProbabilities.mT * counts.mT
    row = product.sum(0)
    return row.unsqueeze(-1)


def dSumCounts(sumCounts, dSumCountsInverse):
    power = sumCounts ** (-2).T
    return dSumCountsInverse * -power


def dCounts(counts, sumCountsInverse, dProbabilities, dSumCounts):
    direct = sumCountsInverse * sumCountsInverse
    spread = dSumCounts * torch.ones_like(counts)
    return direct + spread


def dNormalizedLogits(probabilities, sumCounts, dCounts):
    exponential = probabilities * sumCounts
    return exponential * dCounts


def dMaxLogits(dNormalizedLogits):
    return -dNormalizedLogits


def dLogits(logits, dNormalizedLogits, dMaxLogits):
    return torch.nn.functional.one_hot(logits.max(1).indices, num_classes=logits.shape[1]) * dMaxLogits + dNormalizedLogits


def dHiddenLayerPostActivationStates(weightsOfFinalLayer, dLogits):
    out = torch.einsum("ij,kj->ki", dLogits, weightsOfFinalLayer)
    return out


def dWeightsOfFinalLayer(hiddenLayerPostActivationStates, dLogits):
    return hiddenLayerPostActivationStates.T * dLogits


def dBiasesOfFinalLayer(dLogits):
    return dLogits.sum(0)


def dHiddenLayerPreActivationStates(hiddenLayerPostActivationStates, dHiddenLayerPostActivationStates):
    a = torch.tanh(hiddenLayerPostActivationStates)
    slope = 1 - a * a
    return dHiddenLayerPostActivationStates * slope


def dBatchGains(batchRawValue, dHiddenLayerPreActivationStates):
    each = dHiddenLayerPreActivationStates * batchRawValue
    return each.sum(0, keepdims=True)


def dBatchBiases(batchBiases, dHiddenLayerPreActivationStates):
    return torch.zeros_like(batchBiases).index_add_(0, torch.zeros(len(dHiddenLayerPreActivationStates), dtype=torch.int64), dHiddenLayerPreActivationStates)


def dBatchRawValue(batchGains, dHiddenLayerPreActivationStates):
    return batchGains * dHiddenLayerPreActivationStates


def dBatchVarianceInverse(batchSize, batchDifference, dBatchRawValue):
    one = torch.ones(1, batchSize)
    each = dBatchRawValue * batchDifference
    return one @ each


def dBatchVariance(batchVarianceInverse, dBatchVarianceInverse):
    half = -dBatchVarianceInverse / 2
    return einsum("oh,oh,oh,oh->oh", batchVarianceInverse, batchVarianceInverse, batchVarianceInverse, half)


def dBatchDifferencePow2(batchDifferencePow2, batchSize, dBatchVariance):
    return 1.0 / (batchSize - 1) * torch.ones_like(batchDifferencePow2) * dBatchVariance


def dBatchDifference(batchDifference, batchVarianceInverse, dBatchDifferencePow2, dBatchRawValue):
    square = dBatchDifferencePow2 * batchDifference * 2.0
    raw = dBatchRawValue * batchVarianceInverse
    return square - raw


def dBatchMeanAtIteration(dBatchDifference):
    minus = -1 * dBatchDifference
    return minus.sum(dim=0, keepdim=True)


def dHiddenLayerPreBatchNormStates(batchSize, dBatchMeanAtIteration, dBatchDifference):
    return dBatchDifference + 1.0 / batchSize * torch.ones_like(dBatchDifference) * dBatchMeanAtIteration


def dConcatenatedEmbedding(weightsOfHiddenLayer, dHiddenLayerPreBatchNormStates):
    return dHiddenLayerPreBatchNormStates @ weightsOfHiddenLayer.T


def dWeightsOfHiddenLayer(concatenatedEmbedding, dHiddenLayerPreBatchNormStates):
    total = 0
    for a, b in zip(concatenatedEmbedding.flip(0), dHiddenLayerPreBatchNormStates.flip(0)):
        total += torch.outer(a, b)
    return total


def dBiasesOfHiddenLayer(dHiddenLayerPreBatchNormStates):
    return dHiddenLayerPreBatchNormStates.sum(0)


def dEmbedding(embedding, dConcatenatedEmbedding):
    return dConcatenatedEmbedding.view(embedding.shape)


def dEmbeddingLookUpMatrix(embeddingSize, inputBatch, dEmbedding):
    places, rows = inputBatch.flatten(), dEmbedding.view(-1, embeddingSize)
    return torch.zeros(27, embeddingSize).index_add_(0, places, rows)


def dLogitsFast(logits, outputBatch, batchSize):
    gradient = F.softmax(logits, 1)
    gradient[torch.arange(batchSize), outputBatch] -= 1
    return gradient / batchSize


def dHiddenLayerPreBatchNormStatesFast(batchGains, batchVarianceInverse, batchRawValue, batchSize, dHiddenLayerPreActivationStates):
    outer = batchRawValue[:, None] * batchRawValue[None]
    w = outer / (batchSize - 1) + 1 / batchSize
    mixed = (w * dHiddenLayerPreActivationStates[None]).sum(1)
    return batchGains * dHiddenLayerPreActivationStates * (dHiddenLayerPreActivationStates - mixed)
