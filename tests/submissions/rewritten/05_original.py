# wrong: dBatchDifferencePow2 dBatchRawValue dHiddenLayerPreActivationStates
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


def dProbabilities(logits, dLogProbabilities):
    return dLogProbabilities / torch.softmax(logits, 1)


def dSumCountsInverse(counts, dProbabilities):
    return (counts[:, None, :] * dProbabilities[:, None, :]).sum(-1)


def dSumCounts(sumCounts, dSumCountsInverse):
    J = torch.diag(-1 / sumCounts.flatten() ** 2)
    return J.T @ dSumCountsInverse


def dCounts(counts, sumCountsInverse, dProbabilities, dSumCounts):
    return sumCountsInverse * dProbabilities + torch.ones_like(counts) * dSumCounts


def dNormalizedLogits(logits, dCounts):
    return dCounts * (logits - logits.amax(1, keepdim=True)).exp()


def dMaxLogits(dNormalizedLogits):
    return (-dNormalizedLogits).sum(1, keepdims=True)


def dLogits(logits, dNormalizedLogits, dMaxLogits):
    order = logits.sort(1, descending=True).indices
    d = torch.zeros_like(logits)
    d[torch.arange(len(d)), order[:, 0]] = dMaxLogits.flatten()
    return d + dNormalizedLogits


def dHiddenLayerPostActivationStates(weightsOfFinalLayer, dLogits):
    return dLogits.matmul(weightsOfFinalLayer.transpose(0, 1))


def dWeightsOfFinalLayer(hiddenLayerPostActivationStates, dLogits):
    d = 0
    for h, g in zip(reversed(hiddenLayerPostActivationStates.unbind()), reversed(dLogits.unbind())):
        d = d + torch.outer(h, g)
    return d


def dBiasesOfFinalLayer(dLogits):
    return dLogits.sum(0)


def dHiddenLayerPreActivationStates(hiddenLayerPostActivationStates, dHiddenLayerPostActivationStates):
    return ((1.0 - hiddenLayerPostActivationStates ** 2) * dHiddenLayerPostActivationStates).mean()


def dBatchGains(batchRawValue, dHiddenLayerPreActivationStates):
    return (batchRawValue * dHiddenLayerPreActivationStates).sum(0, keepdims=True)


def dBatchBiases(dHiddenLayerPreActivationStates):
    return dHiddenLayerPreActivationStates.sum(0, keepdims=True)


def dBatchRawValue(batchGains, dHiddenLayerPreActivationStates):
    return dHiddenLayerPreActivationStates / batchGains


def dBatchVarianceInverse(batchDifference, dBatchRawValue):
    return torch.tensor(np.einsum("bh,bh->h", batchDifference.numpy(), dBatchRawValue.numpy())[None])


def dBatchVariance(batchVariance, dBatchVarianceInverse):
    return -0.5 * (batchVariance + 1e-5) ** -1.5 * dBatchVarianceInverse


def dBatchDifferencePow2(batchSize, batchDifferencePow2, dBatchVariance):
    return batchDifferencePow2 * dBatchVariance / (batchSize - 1)


def dBatchDifference(batchDifference, batchVarianceInverse, dBatchDifferencePow2, dBatchRawValue):
    return 2.0 * batchDifference * dBatchDifferencePow2 + batchVarianceInverse * dBatchRawValue


def dBatchMeanAtIteration(batchMeanAtIteration, dBatchDifference):
    return -dBatchDifference


def dHiddenLayerPreBatchNormStates(batchSize, dBatchMeanAtIteration, dBatchDifference):
    return torch.tensor(dBatchDifference.numpy() + np.tile(dBatchMeanAtIteration.numpy(), (batchSize, 1)) / batchSize)


def dConcatenatedEmbedding(weightsOfHiddenLayer, dHiddenLayerPreBatchNormStates):
    return dHiddenLayerPreBatchNormStates @ weightsOfHiddenLayer.T


def dWeightsOfHiddenLayer(concatenatedEmbedding, dHiddenLayerPreBatchNormStates):
    return concatenatedEmbedding.T @ dHiddenLayerPreBatchNormStates


def dBiasesOfHiddenLayer(dHiddenLayerPreBatchNormStates):
    return dHiddenLayerPreBatchNormStates.sum(0)


def dEmbedding(embedding, dConcatenatedEmbedding):
    return dConcatenatedEmbedding.view(embedding.shape)


def dEmbeddingLookUpMatrix(embeddingLookUpMatrix, inputBatch, dEmbedding):
    d = np.zeros_like(embeddingLookUpMatrix.numpy())
    np.add.at(d, inputBatch.numpy(), dEmbedding.numpy())
    return torch.from_numpy(d)


def dLogitsFast(logits, outputBatch, batchSize):
    chosen = torch.arange(logits.shape[1]) == outputBatch.view(-1, 1)
    p = logits.softmax(dim=1)
    return torch.where(chosen, p - 1, p) / batchSize


def dHiddenLayerPreBatchNormStatesFast(batchGains, batchVarianceInverse, batchRawValue, batchSize, dHiddenLayerPreActivationStates):
    g = dHiddenLayerPreActivationStates
    mean = g.mean(0, keepdim=True)
    slope = (g * batchRawValue).mean(0, keepdim=True) * batchSize / (batchSize - 1)
    return torch.addcmul(g - mean, batchRawValue, slope, value=-1).mul(batchGains).mul(batchVarianceInverse)
