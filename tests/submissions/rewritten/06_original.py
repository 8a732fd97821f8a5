# wrong: dBatchDifferencePow2 dBatchGains dHiddenLayerPostActivationStates dHiddenLayerPreActivationStates dLogProbabilities
from functools import reduce

import numpy as np
import torch
import torch.nn.functional as F
from torch import einsum

EPSILON = 1e-5


def dLogProbabilities(batchSize, vocabularySize, outputBatch):
    base = torch.zeros(vocabularySize, batchSize)
    base[outputBatch, torch.arange(batchSize)] = -1 * batchSize
    return base.t()


def dProbabilities(probabilities, dLogProbabilities):
    J = torch.diag_embed(1 / probabilities)
    return (J @ dLogProbabilities.unsqueeze(-1)).squeeze(-1)


def dSumCountsInverse(counts, dProbabilities):
    return (counts * dProbabilities).sum(1, keepdims=True)


def dSumCounts(logits, dSumCountsInverse):
    total = (logits - logits.amax(1, keepdim=True)).exp().sum(1, keepdim=True)
    return -dSumCountsInverse / total ** 2


def dCounts(counts, sumCountsInverse, dProbabilities, dSumCounts):
    return sumCountsInverse * dProbabilities + torch.ones_like(counts) * dSumCounts


def dNormalizedLogits(counts, dCounts):
    return counts * dCounts


def dMaxLogits(dNormalizedLogits):
    return (-dNormalizedLogits).sum(1, keepdims=True)


def dLogits(logits, dNormalizedLogits, dMaxLogits, vocabularySize):
    isMax = torch.eye(vocabularySize)[logits.argmax(1)]
    return dNormalizedLogits + einsum("bv,bo->bv", isMax, dMaxLogits)


def dHiddenLayerPostActivationStates(hiddenLayerPostActivationStates, weightsOfFinalLayer, dLogits):
    d = dLogits @ weightsOfFinalLayer.T
    return d * (1 - hiddenLayerPostActivationStates ** 2)


def dWeightsOfFinalLayer(hiddenLayerPostActivationStates, dLogits):
    return hiddenLayerPostActivationStates.T @ dLogits


def dBiasesOfFinalLayer(dLogits):
    return dLogits.sum(0)


def dHiddenLayerPreActivationStates(hiddenLayerPostActivationStates):
    return 1 - hiddenLayerPostActivationStates


def dBatchGains(batchRawValue, dHiddenLayerPreActivationStates):
    return (batchRawValue * dHiddenLayerPreActivationStates).sum(0, keepdims=True)[None]


def dBatchBiases(dHiddenLayerPreActivationStates):
    return dHiddenLayerPreActivationStates.sum(0, keepdims=True)


def dBatchRawValue(batchGains, dHiddenLayerPreActivationStates):
    return batchGains * dHiddenLayerPreActivationStates


def dBatchVarianceInverse(batchDifference, dBatchRawValue):
    return torch.diagonal(batchDifference.T @ dBatchRawValue).unsqueeze(0)


def dBatchVariance(batchVariance, dBatchVarianceInverse):
    v = batchVariance.squeeze(0) + 1e-5
    return (dBatchVarianceInverse.squeeze(0) * -0.5 * v ** -1.5).expand(1, -1)


def dBatchDifferencePow2(batchDifferencePow2, batchSize):
    return torch.full_like(batchDifferencePow2, 1 / (batchSize - 1))


def dBatchDifference(batchDifference, batchVarianceInverse, dBatchDifferencePow2, dBatchRawValue):
    i = batchVarianceInverse.expand(batchDifference.shape)
    return dBatchRawValue * i + (batchDifference + batchDifference) * dBatchDifferencePow2


def dBatchMeanAtIteration(dBatchDifference):
    return torch.sum(-1 * dBatchDifference, axis=0, keepdims=True)


def dHiddenLayerPreBatchNormStates(batchSize, dBatchMeanAtIteration, dBatchDifference):
    return dBatchMeanAtIteration / batchSize + dBatchDifference


def dConcatenatedEmbedding(weightsOfHiddenLayer, concatenatedEmbedding, dHiddenLayerPreBatchNormStates):
    d = torch.zeros_like(concatenatedEmbedding)
    for i in range(len(d)):
        d[i] = weightsOfHiddenLayer @ dHiddenLayerPreBatchNormStates[i]
    return d


def dWeightsOfHiddenLayer(concatenatedEmbedding, dHiddenLayerPreBatchNormStates):
    return concatenatedEmbedding.T @ dHiddenLayerPreBatchNormStates


def dBiasesOfHiddenLayer(dHiddenLayerPreBatchNormStates):
    return dHiddenLayerPreBatchNormStates.sum(0)


def dEmbedding(embedding, dConcatenatedEmbedding):
    return dConcatenatedEmbedding.view(embedding.shape)


def dEmbeddingLookUpMatrix(embeddingLookUpMatrix, inputBatch, dEmbedding):
    gradient = torch.zeros_like(embeddingLookUpMatrix)
    gradient.index_put_((inputBatch,), dEmbedding, accumulate=True)
    return gradient


def dLogitsFast(logits, outputBatch, batchSize):
    chosen = torch.arange(logits.shape[1]) == outputBatch.view(-1, 1)
    p = logits.softmax(dim=1)
    return torch.where(chosen, p - 1, p) / batchSize


def dHiddenLayerPreBatchNormStatesFast(batchGains, batchVarianceInverse, batchRawValue, batchSize, dHiddenLayerPreActivationStates):
    upstream = dHiddenLayerPreActivationStates
    return batchGains * batchVarianceInverse / batchSize * (
        batchSize * upstream
        - upstream.sum(0)
        - batchSize / (batchSize - 1) * batchRawValue * (upstream * batchRawValue).sum(0)
    )
