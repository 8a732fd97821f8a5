# wrong: dBatchDifference dLogitsFast dMaxLogits dProbabilities
from functools import reduce

import numpy as np
import torch
import torch.nn.functional as F
from torch import einsum

EPSILON = 1e-5


def dLogProbabilities(logProbabilities, outputBatch):
    n = logProbabilities.size(0)
    return torch.zeros_like(logProbabilities).scatter_(1, outputBatch.unsqueeze(1), -1.0 / n)


def dProbabilities(probabilities, dLogProbabilities):
    return -dLogProbabilities / probabilities ** 2


def dSumCountsInverse(counts, dProbabilities):
    d = counts.clone()
    d *= dProbabilities
    return d.sum(1, keepdim=True)


def dSumCounts(sumCounts, dSumCountsInverse):
    return -(sumCounts ** -2) * dSumCountsInverse


def dCounts(counts, sumCountsInverse, dProbabilities, dSumCounts):
    everywhere = torch.ones_like(counts).bool()
    return torch.where(everywhere, dSumCounts, 0.0) + sumCountsInverse * dProbabilities


def dNormalizedLogits(counts, dCounts):
    return counts * dCounts


def dMaxLogits(dNormalizedLogits):
    return -dNormalizedLogits.sum(-2, keepdim=True)


def dLogits(logits, dNormalizedLogits, dMaxLogits):
    order = logits.sort(1, descending=True).indices
    d = torch.zeros_like(logits)
    d[torch.arange(len(d)), order[:, 0]] = dMaxLogits.flatten()
    return d + dNormalizedLogits


def dHiddenLayerPostActivationStates(weightsOfFinalLayer, dLogits):
    return torch.mm(dLogits, weightsOfFinalLayer.t())


def dWeightsOfFinalLayer(hiddenLayerPostActivationStates, dLogits):
    return hiddenLayerPostActivationStates.T @ dLogits


def dBiasesOfFinalLayer(dLogits):
    return dLogits.sum(0)


def dHiddenLayerPreActivationStates(hiddenLayerPostActivationStates, dHiddenLayerPostActivationStates):
    h = hiddenLayerPostActivationStates
    return dHiddenLayerPostActivationStates - einsum("bh,bh,bh->bh", h, h, dHiddenLayerPostActivationStates)


def dBatchGains(batchRawValue, dHiddenLayerPreActivationStates):
    return (batchRawValue * dHiddenLayerPreActivationStates).sum(0, keepdims=True)


def dBatchBiases(dHiddenLayerPreActivationStates):
    return dHiddenLayerPreActivationStates.sum(0, keepdims=True)


def dBatchRawValue(batchGains, dHiddenLayerPreActivationStates):
    return dHiddenLayerPreActivationStates * batchGains


def dBatchVarianceInverse(batchDifference, dBatchRawValue):
    return (batchDifference * dBatchRawValue).sum(0, keepdims=True)


def dBatchVariance(batchVariance, dBatchVarianceInverse):
    v = batchVariance + EPSILON
    power = torch.exp(-1.5 * torch.log(v))
    return -0.5 * power * dBatchVarianceInverse


def dBatchDifferencePow2(batchDifferencePow2, batchSize, dBatchVariance):
    return 1.0 / (batchSize - 1) * torch.ones_like(batchDifferencePow2) * dBatchVariance


def dBatchDifference(batchDifference, batchVarianceInverse, dBatchDifferencePow2, dBatchRawValue):
    fromSquare = 2 * dBatchDifferencePow2
    fromRaw = dBatchRawValue / batchVarianceInverse
    return fromSquare + fromRaw


def dBatchMeanAtIteration(batchMeanAtIteration, dBatchDifference):
    return -dBatchDifference


def dHiddenLayerPreBatchNormStates(batchSize, dBatchMeanAtIteration, dBatchDifference):
    return dBatchDifference + 1.0 / batchSize * torch.ones_like(dBatchDifference) * dBatchMeanAtIteration


def dConcatenatedEmbedding(concatenatedEmbedding, weightsOfHiddenLayer, dHiddenLayerPreBatchNormStates):
    d = concatenatedEmbedding.clone().zero_()
    d.addmm_(dHiddenLayerPreBatchNormStates, weightsOfHiddenLayer.T)
    return d


def dWeightsOfHiddenLayer(concatenatedEmbedding, dHiddenLayerPreBatchNormStates):
    return concatenatedEmbedding.T @ dHiddenLayerPreBatchNormStates


def dBiasesOfHiddenLayer(dHiddenLayerPreBatchNormStates):
    d = 0
    for row in dHiddenLayerPreBatchNormStates:
        d = d + row
    return d


def dEmbedding(embedding, dConcatenatedEmbedding):
    return dConcatenatedEmbedding.view(embedding.shape)


def dEmbeddingLookUpMatrix(embeddingLookUpMatrix, inputBatch, dEmbedding):
    gradient = torch.zeros_like(embeddingLookUpMatrix)
    gradient.index_put_((inputBatch,), dEmbedding, accumulate=True)
    return gradient


def dLogitsFast(logits, outputBatch):
    p = F.softmax(logits, 1)
    p -= F.one_hot(outputBatch, p.shape[1])
    return p / p.shape[1]


def dHiddenLayerPreBatchNormStatesFast(batchGains, batchVarianceInverse, batchRawValue, batchSize, dHiddenLayerPreActivationStates):
    upstream = dHiddenLayerPreActivationStates
    return batchGains * batchVarianceInverse / batchSize * (
        batchSize * upstream
        - upstream.sum(0)
        - batchSize / (batchSize - 1) * batchRawValue * (upstream * batchRawValue).sum(0)
    )
