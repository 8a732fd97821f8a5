# wrong: dBatchGains dHiddenLayerPostActivationStates dLogits dMaxLogits
from functools import reduce

import numpy as np
import torch
import torch.nn.functional as F
from torch import einsum

EPSILON = 1e-5


def dLogProbabilities(logProbabilities, outputBatch, batchSize):
    hit = (outputBatch[:, None] - torch.arange(logProbabilities.shape[1])[None, :]) == 0
    return hit * torch.tensor(-1.0 / batchSize)


def dProbabilities(probabilities, dLogProbabilities):
    return dLogProbabilities / probabilities


def dSumCountsInverse(counts, dProbabilities):
    return (counts * dProbabilities).sum(1, keepdims=True)


def dSumCounts(sumCounts, dSumCountsInverse):
    return -(sumCounts ** -2) * dSumCountsInverse


def dCounts(counts, sumCountsInverse, dProbabilities, dSumCounts):
    return sumCountsInverse * dProbabilities + torch.ones_like(counts) * dSumCounts


def dNormalizedLogits(counts, dCounts):
    d = dCounts.clone()
    d *= counts
    return d


def dMaxLogits(dNormalizedLogits):
    return (-1.0 / dNormalizedLogits[:, None, :]).sum(-1)


def dLogits(logits, dNormalizedLogits, dMaxLogits):
    isMax = torch.nn.functional.one_hot(logits.max(1).indices, num_classes=logits.shape[1])
    return logits


def dHiddenLayerPostActivationStates(weightsOfFinalLayer, dLogits, batchSize, hiddenSize):
    d = torch.zeros(batchSize, hiddenSize)
    for i in range(batchSize):
        d[i] = weightsOfFinalLayer.T @ dLogits[i]
    return d


def dWeightsOfFinalLayer(hiddenLayerPostActivationStates, dLogits):
    return einsum("bh,bv->hv", hiddenLayerPostActivationStates, dLogits)


def dBiasesOfFinalLayer(dLogits):
    return dLogits.sum(0)


def dHiddenLayerPreActivationStates(hiddenLayerPostActivationStates, dHiddenLayerPostActivationStates):
    return (1.0 - hiddenLayerPostActivationStates ** 2) * dHiddenLayerPostActivationStates


def dBatchGains(batchGains, batchRawValue, dHiddenLayerPreActivationStates):
    d = batchGains * batchRawValue * dHiddenLayerPreActivationStates
    return d.sum(0, keepdim=True)


def dBatchBiases(dHiddenLayerPreActivationStates):
    return dHiddenLayerPreActivationStates.sum(0, keepdims=True)


def dBatchRawValue(batchGains, dHiddenLayerPreActivationStates):
    return batchGains * dHiddenLayerPreActivationStates


def dBatchVarianceInverse(batchVarianceInverse, batchDifference, dBatchRawValue):
    sameRow = torch.zeros_like(batchDifference, dtype=torch.int64)
    return torch.zeros_like(batchVarianceInverse).scatter_add_(0, sameRow, batchDifference * dBatchRawValue)


def dBatchVariance(batchVarianceInverse, dBatchVarianceInverse):
    return -batchVarianceInverse ** 3 * dBatchVarianceInverse / 2


def dBatchDifferencePow2(batchDifferencePow2, batchSize, dBatchVariance):
    return 1.0 / (batchSize - 1) * torch.ones_like(batchDifferencePow2) * dBatchVariance


def dBatchDifference(batchDifference, batchVarianceInverse, dBatchDifferencePow2, dBatchRawValue):
    return 2.0 * batchDifference * dBatchDifferencePow2 + batchVarianceInverse * dBatchRawValue


def dBatchMeanAtIteration(dBatchDifference):
    return torch.negative(torch.sum(dBatchDifference, dim=0, keepdim=True))


def dHiddenLayerPreBatchNormStates(batchSize, dBatchMeanAtIteration, dBatchDifference):
    return dBatchDifference + 1.0 / batchSize * torch.ones_like(dBatchDifference) * dBatchMeanAtIteration


def dConcatenatedEmbedding(weightsOfHiddenLayer, dHiddenLayerPreBatchNormStates):
    return (dHiddenLayerPreBatchNormStates[:, None, :] * weightsOfHiddenLayer[None, :, :]).sum(2)


def dWeightsOfHiddenLayer(concatenatedEmbedding, dHiddenLayerPreBatchNormStates):
    return concatenatedEmbedding.T @ dHiddenLayerPreBatchNormStates


def dBiasesOfHiddenLayer(dHiddenLayerPreBatchNormStates):
    return dHiddenLayerPreBatchNormStates.T.sum(1)


def dEmbedding(embedding, dConcatenatedEmbedding):
    return dConcatenatedEmbedding.view(embedding.shape)


def dEmbeddingLookUpMatrix(embeddingLookUpMatrix, inputBatch, dEmbedding):
    gradient = torch.zeros_like(embeddingLookUpMatrix)
    gradient.index_put_((inputBatch,), dEmbedding, accumulate=True)
    return gradient


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
