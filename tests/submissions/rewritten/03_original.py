# wrong: dBatchDifference dEmbeddingLookUpMatrix dProbabilities dWeightsOfHiddenLayer
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
    return dLogProbabilities.T / probabilities


def dSumCountsInverse(counts, dProbabilities):
    product = dProbabilities * counts
    return product.cumsum(1)[:, -1:]


def dSumCounts(sumCounts, dSumCountsInverse):
    return -(sumCounts ** -2) * dSumCountsInverse


def dCounts(sumCounts, sumCountsInverse, dProbabilities, dSumCounts):
    # both paths have the factor 1 / s
    return (dProbabilities + sumCounts * dSumCounts) * sumCountsInverse


def dNormalizedLogits(counts, dCounts):
    return counts * dCounts


def dMaxLogits(dNormalizedLogits):
    return (-dNormalizedLogits).sum(1, keepdims=True)


def dLogits(logits, dNormalizedLogits, dMaxLogits, vocabularySize):
    best = torch.topk(logits, 1, dim=1).indices
    return dNormalizedLogits + dMaxLogits * (torch.arange(vocabularySize) == best)


def dHiddenLayerPostActivationStates(weightsOfFinalLayer, dLogits):
    return F.linear(dLogits, weightsOfFinalLayer)


def dWeightsOfFinalLayer(hiddenLayerPostActivationStates, dLogits):
    return hiddenLayerPostActivationStates.T @ dLogits


def dBiasesOfFinalLayer(dLogits):
    return dLogits.sum(0)


def dHiddenLayerPreActivationStates(hiddenLayerPreActivationStates, dHiddenLayerPostActivationStates):
    return (1 - torch.tanh(hiddenLayerPreActivationStates) ** 2) * dHiddenLayerPostActivationStates


def dBatchGains(batchDifference, batchVarianceInverse, dHiddenLayerPreActivationStates):
    # the inverse deviation is the same for the whole column
    return batchVarianceInverse * (batchDifference * dHiddenLayerPreActivationStates).sum(0, keepdim=True)


def dBatchBiases(batchSize, dHiddenLayerPreActivationStates):
    return torch.ones(1, batchSize).mm(dHiddenLayerPreActivationStates)


def dBatchRawValue(batchGains, dHiddenLayerPreActivationStates):
    return batchGains.expand_as(dHiddenLayerPreActivationStates) * dHiddenLayerPreActivationStates


def dBatchVarianceInverse(batchDifference, dBatchRawValue):
    return (batchDifference * dBatchRawValue).sum(0, keepdims=True)


def dBatchVariance(batchVariance, dBatchVarianceInverse):
    J = torch.diag(-0.5 * (batchVariance.flatten() + 1e-5) ** (-3 / 2))
    return dBatchVarianceInverse @ J


def dBatchDifferencePow2(batchDifferencePow2, batchSize, dBatchVariance):
    return (dBatchVariance / (batchSize - 1)).expand_as(batchDifferencePow2)


def dBatchDifference(batchVarianceInverse, dBatchRawValue):
    out = batchVarianceInverse * dBatchRawValue
    return out


def dBatchMeanAtIteration(dBatchDifference):
    return (-dBatchDifference).sum(0, keepdims=True)


def dHiddenLayerPreBatchNormStates(batchSize, dBatchMeanAtIteration, dBatchDifference):
    return dBatchDifference + 1.0 / batchSize * torch.ones_like(dBatchDifference) * dBatchMeanAtIteration


def dConcatenatedEmbedding(weightsOfHiddenLayer, dHiddenLayerPreBatchNormStates):
    return dHiddenLayerPreBatchNormStates @ weightsOfHiddenLayer.T


def dWeightsOfHiddenLayer(embedding, batchSize, dHiddenLayerPreBatchNormStates):
    flat = embedding.transpose(1, 2).reshape(batchSize, -1)
    return flat.T @ dHiddenLayerPreBatchNormStates


def dBiasesOfHiddenLayer(dHiddenLayerPreBatchNormStates):
    return dHiddenLayerPreBatchNormStates.sum(0)


def dEmbedding(embedding, dConcatenatedEmbedding):
    return dConcatenatedEmbedding.view(embedding.shape)


def dEmbeddingLookUpMatrix(vocabularySize, inputBatch, dEmbedding):
    oneHot = F.one_hot(inputBatch, vocabularySize).float()
    return oneHot.sum(1).T @ dEmbedding.sum(1)


def dLogitsFast(logits, outputBatch, batchSize):
    e = torch.exp(logits - torch.max(logits))
    p = e * torch.reciprocal(torch.sum(e, dim=1, keepdim=True))
    p[torch.arange(batchSize), outputBatch] -= 1.0
    return p * torch.reciprocal(torch.tensor(float(batchSize)))


def dHiddenLayerPreBatchNormStatesFast(batchGains, batchVarianceInverse, batchRawValue, batchSize, dHiddenLayerPreActivationStates):
    upstream = dHiddenLayerPreActivationStates
    return batchGains * batchVarianceInverse / batchSize * (
        batchSize * upstream
        - upstream.sum(0)
        - batchSize / (batchSize - 1) * batchRawValue * (upstream * batchRawValue).sum(0)
    )
