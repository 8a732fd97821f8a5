from functools import reduce

import numpy as np
import torch
import torch.nn.functional as F
from torch import einsum

EPSILON = 1e-5


def dLogProbabilities(logProbabilities, batchSize, outputBatch):
    # only the right letter of each row counts
    d = torch.zeros_like(logProbabilities)
    d[torch.arange(batchSize), outputBatch] = (
        -1.0 / batchSize
    )
    return d


def dProbabilities(probabilities, dLogProbabilities):
    """derivative of log"""
    return torch.div(dLogProbabilities.t(), probabilities)


def dSumCountsInverse(counts, dProbabilities):
    both = (counts * dProbabilities)
    return torch.cumsum(both, dim=1)[:, -1:]


def dSumCounts(sumCounts, dSumCountsInverse):
    return -(sumCounts ** -2) * dSumCountsInverse


def dCounts(sumCounts, sumCountsInverse, dProbabilities, dSumCounts):
    return sumCountsInverse * (
        dSumCounts * sumCounts + dProbabilities
    )


def dNormalizedLogits(counts, dCounts):
    return counts * dCounts


def dMaxLogits(dNormalizedLogits):
    return (-dNormalizedLogits).sum(1, keepdims=True)


def dLogits(logits, dNormalizedLogits, dMaxLogits, vocabularySize):
    # where the maximum was
    where = logits.topk(1, dim=1).indices
    return (where == torch.arange(vocabularySize)) * dMaxLogits + dNormalizedLogits


def dHiddenLayerPostActivationStates(weightsOfFinalLayer, dLogits):
    return F.linear(dLogits, weightsOfFinalLayer)


def dWeightsOfFinalLayer(hiddenLayerPostActivationStates, dLogits):
    return hiddenLayerPostActivationStates.T @ dLogits


def dBiasesOfFinalLayer(dLogits):
    return dLogits.sum(0)


def dHiddenLayerPreActivationStates(hiddenLayerPreActivationStates, dHiddenLayerPostActivationStates):
    return dHiddenLayerPostActivationStates * (1 - hiddenLayerPreActivationStates.tanh() ** 2)


def dBatchGains(batchDifference, batchVarianceInverse, dHiddenLayerPreActivationStates):
    return torch.sum(
        dHiddenLayerPreActivationStates * batchDifference,
        dim=0,
        keepdim=True,
    ) * batchVarianceInverse


def dBatchBiases(batchSize, dHiddenLayerPreActivationStates):
    # a sum over the rows
    return torch.ones(1, batchSize) @ dHiddenLayerPreActivationStates


def dBatchRawValue(batchGains, dHiddenLayerPreActivationStates):
    return dHiddenLayerPreActivationStates * batchGains.expand_as(dHiddenLayerPreActivationStates)


def dBatchVarianceInverse(batchDifference, dBatchRawValue):
    return (batchDifference * dBatchRawValue).sum(0, keepdims=True)


def dBatchVariance(batchVariance, dBatchVarianceInverse):
    slope = torch.diag((batchVariance.flatten() + 1e-5) ** (-3 / 2) * -0.5)
    return torch.matmul(dBatchVarianceInverse, slope)


def dBatchDifferencePow2(batchDifferencePow2, batchSize, dBatchVariance):
    return torch.div(dBatchVariance, batchSize - 1).expand_as(batchDifferencePow2)


def dBatchDifference(batchVarianceInverse, dBatchRawValue):
    return dBatchRawValue * batchVarianceInverse


def dBatchMeanAtIteration(dBatchDifference):
    return (-dBatchDifference).sum(0, keepdims=True)


def dHiddenLayerPreBatchNormStates(batchSize, dBatchMeanAtIteration, dBatchDifference):
    return dBatchDifference + 1.0 / batchSize * torch.ones_like(dBatchDifference) * dBatchMeanAtIteration


def dConcatenatedEmbedding(weightsOfHiddenLayer, dHiddenLayerPreBatchNormStates):
    return dHiddenLayerPreBatchNormStates @ weightsOfHiddenLayer.T


def dWeightsOfHiddenLayer(embedding, batchSize, dHiddenLayerPreBatchNormStates):
    # back to two axes
    x = torch.transpose(embedding, 1, 2).reshape(batchSize, -1)
    return torch.mm(x.t(), dHiddenLayerPreBatchNormStates)


def dBiasesOfHiddenLayer(dHiddenLayerPreBatchNormStates):
    return dHiddenLayerPreBatchNormStates.sum(0)


def dEmbedding(embedding, dConcatenatedEmbedding):
    return dConcatenatedEmbedding.view(embedding.shape)


def dEmbeddingLookUpMatrix(vocabularySize, inputBatch, dEmbedding):
    letters = F.one_hot(inputBatch, vocabularySize).float()
    return torch.sum(letters, dim=1).T @ torch.sum(dEmbedding, dim=1)


def dLogitsFast(logits, outputBatch, batchSize):
    # softmax first
    powers = (logits - logits.max()).exp()
    q = torch.reciprocal(powers.sum(1, keepdim=True)) * powers
    q[torch.arange(batchSize), outputBatch] -= 1.0
    return torch.reciprocal(torch.tensor(float(batchSize))) * q


def dHiddenLayerPreBatchNormStatesFast(batchGains, batchVarianceInverse, batchRawValue, batchSize, dHiddenLayerPreActivationStates):
    upstream = dHiddenLayerPreActivationStates
    return batchGains * batchVarianceInverse / batchSize * (
        batchSize * upstream
        - upstream.sum(0)
        - batchSize / (batchSize - 1) * batchRawValue * (upstream * batchRawValue).sum(0)
    )
