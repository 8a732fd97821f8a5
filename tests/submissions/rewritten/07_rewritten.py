from functools import reduce

import numpy as np
import torch
import torch.nn.functional as F
from torch import einsum

EPSILON = 1e-5


def dLogProbabilities(logProbabilities, outputBatch):
    rows = len(outputBatch)
    out = torch.zeros_like(logProbabilities)
    out[torch.arange(rows), outputBatch] = -1.0 / rows
    return out


def dProbabilities(probabilities, dLogProbabilities):
    square = probabilities ** 2
    return -(dLogProbabilities / square)


def dSumCountsInverse(counts, dProbabilities):
    return (dProbabilities * counts).sum(dim=1, keepdim=True)


def dSumCounts(sumCounts, dSumCountsInverse):
    return -(sumCounts ** -2) * dSumCountsInverse


def dCounts(counts, sumCountsInverse, dProbabilities, dSumCounts):
    return dSumCounts.expand_as(counts) + sumCountsInverse * dProbabilities


def dNormalizedLogits(counts, dCounts):
    return counts * dCounts


def dMaxLogits(dNormalizedLogits):
    return torch.sum(-dNormalizedLogits, dim=-2, keepdim=True)


def dLogits(logits, dNormalizedLogits, dMaxLogits):
    out = dNormalizedLogits.clone()
    out[torch.arange(len(out)), logits.argmax(1)] += dMaxLogits[:, 0]
    return out


def dHiddenLayerPostActivationStates(weightsOfFinalLayer, dLogits):
    return dLogits @ weightsOfFinalLayer.T


def dWeightsOfFinalLayer(hiddenLayerPostActivationStates, dLogits):
    return hiddenLayerPostActivationStates.T @ dLogits


def dBiasesOfFinalLayer(dLogits):
    return dLogits.sum(0)


def dHiddenLayerPreActivationStates(hiddenLayerPostActivationStates, dHiddenLayerPostActivationStates):
    return dHiddenLayerPostActivationStates * (1 - hiddenLayerPostActivationStates ** 2)


def dBatchGains(batchRawValue, dHiddenLayerPreActivationStates):
    return (batchRawValue * dHiddenLayerPreActivationStates).sum(0, keepdims=True)


def dBatchBiases(dHiddenLayerPreActivationStates):
    return dHiddenLayerPreActivationStates.sum(0, keepdims=True)


def dBatchRawValue(batchGains, dHiddenLayerPreActivationStates):
    return dHiddenLayerPreActivationStates * batchGains


def dBatchVarianceInverse(batchDifference, dBatchRawValue):
    return (batchDifference * dBatchRawValue).sum(0, keepdims=True)


def dBatchVariance(batchVariance, dBatchVarianceInverse):
    logarithm = torch.log(batchVariance + EPSILON)
    return dBatchVarianceInverse * torch.exp(logarithm * -1.5) * -0.5


def dBatchDifferencePow2(batchDifferencePow2, batchSize, dBatchVariance):
    return 1.0 / (batchSize - 1) * torch.ones_like(batchDifferencePow2) * dBatchVariance


def dBatchDifference(batchDifference, batchVarianceInverse, dBatchDifferencePow2, dBatchRawValue):
    return dBatchRawValue / batchVarianceInverse + dBatchDifferencePow2 * 2


def dBatchMeanAtIteration(batchMeanAtIteration, dBatchDifference):
    return -dBatchDifference


def dHiddenLayerPreBatchNormStates(batchSize, dBatchMeanAtIteration, dBatchDifference):
    return dBatchDifference + 1.0 / batchSize * torch.ones_like(dBatchDifference) * dBatchMeanAtIteration


def dConcatenatedEmbedding(concatenatedEmbedding, weightsOfHiddenLayer, dHiddenLayerPreBatchNormStates):
    out = torch.zeros_like(concatenatedEmbedding)
    return out.addmm_(dHiddenLayerPreBatchNormStates, weightsOfHiddenLayer.T)


def dWeightsOfHiddenLayer(concatenatedEmbedding, dHiddenLayerPreBatchNormStates):
    return concatenatedEmbedding.T @ dHiddenLayerPreBatchNormStates


def dBiasesOfHiddenLayer(dHiddenLayerPreBatchNormStates):
    total = 0
    for each in dHiddenLayerPreBatchNormStates:
        total = total + each
    return total


def dEmbedding(embedding, dConcatenatedEmbedding):
    return dConcatenatedEmbedding.view(embedding.shape)


def dEmbeddingLookUpMatrix(embeddingLookUpMatrix, inputBatch, dEmbedding):
    gradient = torch.zeros_like(embeddingLookUpMatrix)
    gradient.index_put_((inputBatch,), dEmbedding, accumulate=True)
    return gradient


def dLogitsFast(logits, outputBatch):
    soft = logits.softmax(1)
    letters = soft.shape[1]
    return (soft - F.one_hot(outputBatch, letters)) / letters


def dHiddenLayerPreBatchNormStatesFast(batchGains, batchVarianceInverse, batchRawValue, batchSize, dHiddenLayerPreActivationStates):
    upstream = dHiddenLayerPreActivationStates
    return batchGains * batchVarianceInverse / batchSize * (
        batchSize * upstream
        - upstream.sum(0)
        - batchSize / (batchSize - 1) * batchRawValue * (upstream * batchRawValue).sum(0)
    )
