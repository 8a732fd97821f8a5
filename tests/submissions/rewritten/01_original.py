# wrong: dBatchDifferencePow2 dBatchVarianceInverse dBiasesOfFinalLayer dLogProbabilities dNormalizedLogits dProbabilities dSumCountsInverse
from functools import reduce

import numpy as np
import torch
import torch.nn.functional as F
from torch import einsum

EPSILON = 1e-5


def dLogProbabilities(logProbabilities, batchSize, outputBatch):
    grad = torch.zeros_like(logProbabilities)
    for i in range(batchSize):
        grad[i, outputBatch[i]] = -1 / batchSize
        return grad


def dProbabilities(probabilities, dLogProbabilities):
    return dLogProbabilities * (1 - probabilities)


def dSumCountsInverse(counts, dProbabilities):
    return counts


def dSumCounts(sumCounts, dSumCountsInverse):
    return -(sumCounts ** -2) * dSumCountsInverse


def dCounts(sumCounts, sumCountsInverse, dProbabilities, dSumCounts):
    # both paths have the factor 1 / s
    return (dProbabilities + sumCounts * dSumCounts) * sumCountsInverse


def dNormalizedLogits(counts, dCounts):
    return counts.clamp(1e-4) * dCounts


def dMaxLogits(dNormalizedLogits):
    d = dNormalizedLogits.sum(1, keepdim=True)
    d.neg_()
    return d


def dLogits(logits, dNormalizedLogits, dMaxLogits):
    d = dNormalizedLogits.clone()
    for i in range(len(logits)):
        best = 0
        for j in range(len(logits[i])):
            if logits[i, j] > logits[i, best]:
                best = j
        d[i, best] += dMaxLogits[i, 0]
    return d


def dHiddenLayerPostActivationStates(weightsOfFinalLayer, dLogits):
    return dLogits @ weightsOfFinalLayer.T


def dWeightsOfFinalLayer(hiddenLayerPostActivationStates, dLogits):
    return hiddenLayerPostActivationStates.T @ dLogits


def dBiasesOfFinalLayer(dLogits):
    return dLogits.sum(1)


def dHiddenLayerPreActivationStates(hiddenLayerPostActivationStates, dHiddenLayerPostActivationStates):
    return (1.0 - hiddenLayerPostActivationStates ** 2) * dHiddenLayerPostActivationStates


def dBatchGains(batchGains, batchRawValue, dHiddenLayerPreActivationStates):
    return Multiply.backward(batchRawValue, dHiddenLayerPreActivationStates)


def dBatchBiases(dHiddenLayerPreActivationStates):
    return dHiddenLayerPreActivationStates.sum(0, keepdims=True)


def dBatchRawValue(batchGains, dHiddenLayerPreActivationStates):
    return batchGains * dHiddenLayerPreActivationStates


def dBatchVarianceInverse(dBatchRawValue):
    ones = torch.ones_like(dBatchRawValue)
    return (ones * dBatchRawValue).sum(0, keepdim=True)


def dBatchVariance(batchVariance, dBatchVarianceInverse):
    return -0.5 * (batchVariance + 1e-5) ** -1.5 * dBatchVarianceInverse


def dBatchDifferencePow2(batchSize, dBatchVariance):
    return dBatchVariance / (batchSize - 1)


def dBatchDifference(batchDifference, batchVarianceInverse, dBatchDifferencePow2, dBatchRawValue):
    throughTheSquare = 2 * einsum("bh,bh->bh", batchDifference, dBatchDifferencePow2)
    return throughTheSquare + einsum("oh,bh->bh", batchVarianceInverse, dBatchRawValue)


def dBatchMeanAtIteration(dBatchDifference):
    return (-dBatchDifference).sum(0, keepdims=True)


def dHiddenLayerPreBatchNormStates(batchSize, dBatchMeanAtIteration, dBatchDifference):
    return dBatchMeanAtIteration / batchSize + dBatchDifference


def dConcatenatedEmbedding(weightsOfHiddenLayer, dHiddenLayerPreBatchNormStates):
    return dHiddenLayerPreBatchNormStates @ weightsOfHiddenLayer.T


def dWeightsOfHiddenLayer(concatenatedEmbedding, dHiddenLayerPreBatchNormStates):
    return concatenatedEmbedding.T @ dHiddenLayerPreBatchNormStates


def dBiasesOfHiddenLayer(batchSize, dHiddenLayerPreBatchNormStates):
    return torch.ones(batchSize) @ dHiddenLayerPreBatchNormStates


def dEmbedding(dConcatenatedEmbedding, blockSize, embeddingSize):
    return dConcatenatedEmbedding.unflatten(1, (blockSize, embeddingSize))


def dEmbeddingLookUpMatrix(embeddingLookUpMatrix, inputBatch, dEmbedding):
    d = torch.zeros_like(embeddingLookUpMatrix)
    letters, order = inputBatch.flatten().sort(descending=True)
    for letter, row in zip(letters.tolist(), dEmbedding.flatten(0, 1)[order]):
        d[letter] = d[letter] + row
    return d


def dLogitsFast(logits, outputBatch):
    n, v = logits.shape
    return (torch.log_softmax(logits, 1).exp() - torch.nn.functional.one_hot(outputBatch, v)) / n


def dHiddenLayerPreBatchNormStatesFast(batchGains, batchVarianceInverse, batchRawValue, batchSize, dHiddenLayerPreActivationStates):
    upstream = dHiddenLayerPreActivationStates
    return batchGains * batchVarianceInverse / batchSize * (
        batchSize * upstream
        - upstream.sum(0)
        - batchSize / (batchSize - 1) * batchRawValue * (upstream * batchRawValue).sum(0)
    )
