# wrong: dBatchMeanAtIteration dBatchVariance dConcatenatedEmbedding dEmbeddingLookUpMatrix
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


def dSumCountsInverse(probabilities, sumCounts, dProbabilities):
    # counts = probabilities * sumCounts, and sumCounts is the same for the whole row
    return sumCounts * (probabilities * dProbabilities).sum(1, keepdim=True)


def dSumCounts(sumCounts, dSumCountsInverse):
    s = sumCounts[:, 0]
    return (dSumCountsInverse[:, 0] / -(s * s))[:, None]


def dCounts(counts, sumCountsInverse, dProbabilities, dSumCounts):
    return sumCountsInverse * dProbabilities + torch.ones_like(counts) * dSumCounts


def dNormalizedLogits(normalizedLogits, dCounts):
    return torch.exp(normalizedLogits) * dCounts


def dMaxLogits(dNormalizedLogits):
    return torch.from_numpy(-np.sum(dNormalizedLogits.numpy(), axis=1, keepdims=True))


def dLogits(logits, dNormalizedLogits, dMaxLogits):
    isMax = torch.nn.functional.one_hot(logits.max(1).indices, num_classes=logits.shape[1])
    return dNormalizedLogits + isMax * dMaxLogits


def dHiddenLayerPostActivationStates(weightsOfFinalLayer, dLogits):
    return dLogits @ weightsOfFinalLayer.T


def dWeightsOfFinalLayer(hiddenLayerPostActivationStates, dLogits):
    return hiddenLayerPostActivationStates.T @ dLogits


def dBiasesOfFinalLayer(dLogits):
    return dLogits.sum(0)


def dHiddenLayerPreActivationStates(hiddenLayerPreActivationStates, dHiddenLayerPostActivationStates):
    # tanh by hand as well, from 2 sigmoid(2x) - 1
    s = torch.reciprocal(1.0 + torch.exp(-2.0 * hiddenLayerPreActivationStates))
    return 4.0 * s * (1.0 - s) * dHiddenLayerPostActivationStates


def dBatchGains(batchRawValue, dHiddenLayerPreActivationStates):
    return (batchRawValue * dHiddenLayerPreActivationStates).sum(0, keepdims=True)


def dBatchBiases(dHiddenLayerPreActivationStates):
    return dHiddenLayerPreActivationStates.sum(0, keepdims=True)


def dBatchRawValue(batchGains, dHiddenLayerPreActivationStates):
    return batchGains * dHiddenLayerPreActivationStates


def dBatchVarianceInverse(batchDifference, dBatchRawValue):
    return (batchDifference * dBatchRawValue).sum(0, keepdims=True)


def dBatchVariance(batchVariance, dBatchVarianceInverse):
    return dBatchVarianceInverse


def dBatchDifferencePow2(batchDifferencePow2, batchSize, dBatchVariance):
    return 1.0 / (batchSize - 1) * torch.ones_like(batchDifferencePow2) * dBatchVariance


def dBatchDifference(batchDifference, batchVarianceInverse, dBatchDifferencePow2, dBatchRawValue):
    throughTheSquare = 2 * einsum("bh,bh->bh", batchDifference, dBatchDifferencePow2)
    return throughTheSquare + einsum("oh,bh->bh", batchVarianceInverse, dBatchRawValue)


def dBatchMeanAtIteration(dBatchDifference):
    return reduce(torch.sub, dBatchDifference.split(0), 0)


def dHiddenLayerPreBatchNormStates(batchSize, dBatchMeanAtIteration, dBatchDifference):
    return torch.add(dBatchDifference, dBatchMeanAtIteration, alpha=1 / batchSize)


def dConcatenatedEmbedding(weightsOfHiddenLayer, dHiddenLayerPreBatchNormStates):
    return (dHiddenLayerPreBatchNormStates @ weightsOfHiddenLayer.T)[None]


def dWeightsOfHiddenLayer(concatenatedEmbedding, dHiddenLayerPreBatchNormStates):
    return concatenatedEmbedding.T @ dHiddenLayerPreBatchNormStates


def dBiasesOfHiddenLayer(dHiddenLayerPreBatchNormStates):
    return dHiddenLayerPreBatchNormStates.sum(0)


def dEmbedding(embedding, dConcatenatedEmbedding):
    return dConcatenatedEmbedding.view(embedding.shape)


def dEmbeddingLookUpMatrix(embeddingSize, inputBatch, dEmbedding):
    grad = torch.zeros(27, embeddingSize)
    return grad.index_add_(0, inputBatch.flatten(), dEmbedding.view(-1, embeddingSize))


def dLogitsFast(logits, outputBatch):
    d = logits.softmax(1)
    d.scatter_add_(1, outputBatch[:, None], torch.full_like(d, -1.0))
    return d.div_(len(d))


def dHiddenLayerPreBatchNormStatesFast(batchGains, batchVarianceInverse, batchRawValue, batchSize, dHiddenLayerPreActivationStates):
    g = dHiddenLayerPreActivationStates
    # how much row i feels of row j, for each column
    weight = 1 / batchSize + batchRawValue[:, None] * batchRawValue[None] / (batchSize - 1)
    return batchGains * batchVarianceInverse * (g - (weight * g[None]).sum(1))
