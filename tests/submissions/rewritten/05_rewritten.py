from functools import reduce

import numpy as np
import torch
import torch.nn.functional as F
from torch import einsum

EPSILON = 1e-5


def over_rows(t):
    return t.sum(0, keepdims=True)


def times_slope(slope, up):
    return slope * up


def stacked(t, n):
    return np.tile(t.numpy(), (n, 1))


def dHiddenLayerPreBatchNormStatesFast(batchGains, batchVarianceInverse, batchRawValue, batchSize, dHiddenLayerPreActivationStates):
    up = dHiddenLayerPreActivationStates
    slope = (up * batchRawValue).mean(0, keepdim=True) * batchSize / (batchSize - 1)
    centred = up - up.mean(0, keepdim=True)
    out = torch.addcmul(centred, batchRawValue, slope, value=-1)
    return out.mul(batchGains).mul(batchVarianceInverse)


def dLogitsFast(logits, outputBatch, batchSize):
    soft = logits.softmax(dim=1)
    hit = outputBatch.view(-1, 1) == torch.arange(logits.shape[1])
    return torch.where(hit, soft - 1, soft) / batchSize


def dEmbeddingLookUpMatrix(embeddingLookUpMatrix, inputBatch, dEmbedding):
    table = np.zeros_like(embeddingLookUpMatrix.numpy())
    np.add.at(table, inputBatch.numpy(), dEmbedding.numpy())
    return torch.from_numpy(table)


def dEmbedding(embedding, dConcatenatedEmbedding):
    return dConcatenatedEmbedding.view(embedding.shape)


def dBiasesOfHiddenLayer(dHiddenLayerPreBatchNormStates):
    return dHiddenLayerPreBatchNormStates.sum(0)


def dWeightsOfHiddenLayer(concatenatedEmbedding, dHiddenLayerPreBatchNormStates):
    return concatenatedEmbedding.T @ dHiddenLayerPreBatchNormStates


def dConcatenatedEmbedding(weightsOfHiddenLayer, dHiddenLayerPreBatchNormStates):
    return dHiddenLayerPreBatchNormStates @ weightsOfHiddenLayer.T


def dHiddenLayerPreBatchNormStates(batchSize, dBatchMeanAtIteration, dBatchDifference):
    mean = stacked(dBatchMeanAtIteration, batchSize) / batchSize
    return torch.tensor(mean + dBatchDifference.numpy())


def dBatchMeanAtIteration(batchMeanAtIteration, dBatchDifference):
    return -dBatchDifference


def dBatchDifference(batchDifference, batchVarianceInverse, dBatchDifferencePow2, dBatchRawValue):
    return 2.0 * batchDifference * dBatchDifferencePow2 + batchVarianceInverse * dBatchRawValue


def dBatchDifferencePow2(batchSize, batchDifferencePow2, dBatchVariance):
    share = dBatchVariance / (batchSize - 1)
    return share * batchDifferencePow2


def dBatchVariance(batchVariance, dBatchVarianceInverse):
    return -0.5 * (batchVariance + 1e-5) ** -1.5 * dBatchVarianceInverse


def dBatchVarianceInverse(batchDifference, dBatchRawValue):
    summed = np.einsum("bh,bh->h", batchDifference.numpy(), dBatchRawValue.numpy())
    return torch.tensor(summed[None])


def dBatchRawValue(batchGains, dHiddenLayerPreActivationStates):
    return dHiddenLayerPreActivationStates / batchGains


def dBatchBiases(dHiddenLayerPreActivationStates):
    return over_rows(dHiddenLayerPreActivationStates)


def dBatchGains(batchRawValue, dHiddenLayerPreActivationStates):
    return over_rows(batchRawValue * dHiddenLayerPreActivationStates)


def dHiddenLayerPreActivationStates(hiddenLayerPostActivationStates, dHiddenLayerPostActivationStates):
    slope = 1.0 - hiddenLayerPostActivationStates ** 2
    return times_slope(slope, dHiddenLayerPostActivationStates).mean()


def dBiasesOfFinalLayer(dLogits):
    return dLogits.sum(0)


def dWeightsOfFinalLayer(hiddenLayerPostActivationStates, dLogits):
    total, states, grads = 0, hiddenLayerPostActivationStates.unbind(), dLogits.unbind()
    for s, g in zip(reversed(states), reversed(grads)):
        total = torch.outer(s, g) + total
    return total


def dHiddenLayerPostActivationStates(weightsOfFinalLayer, dLogits):
    return dLogits @ weightsOfFinalLayer.T


def dLogits(logits, dNormalizedLogits, dMaxLogits):
    first = logits.sort(1, descending=True).indices[:, 0]
    out = torch.zeros_like(logits)
    out[torch.arange(len(out)), first] = dMaxLogits.flatten()
    return dNormalizedLogits + out


def dMaxLogits(dNormalizedLogits):
    return (-dNormalizedLogits).sum(1, keepdims=True)


def dNormalizedLogits(logits, dCounts):
    shifted = logits - logits.amax(1, keepdim=True)
    return torch.exp(shifted) * dCounts


def dCounts(counts, sumCountsInverse, dProbabilities, dSumCounts):
    return sumCountsInverse * dProbabilities + torch.ones_like(counts) * dSumCounts


def dSumCounts(sumCounts, dSumCountsInverse):
    flat = sumCounts.flatten()
    slope = torch.diag(-1 / (flat * flat))
    return slope.T @ dSumCountsInverse


def dSumCountsInverse(counts, dProbabilities):
    wide = counts[:, None, :], dProbabilities[:, None, :]
    return (wide[0] * wide[1]).sum(-1)


def dProbabilities(logits, dLogProbabilities):
    p = torch.softmax(logits, dim=1)
    return dLogProbabilities / p


def dLogProbabilities(logProbabilities, batchSize, outputBatch):
    gradient = torch.zeros_like(logProbabilities)
    gradient[torch.arange(batchSize), outputBatch] = -1.0 / batchSize
    return gradient
