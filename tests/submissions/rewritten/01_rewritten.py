from functools import reduce

import numpy as np
import torch
import torch.nn.functional as F
from torch import einsum

EPSILON = 1e-5


def dLogProbabilities(logProbabilities, batchSize, outputBatch):
    result = torch.zeros_like(logProbabilities)
    for row in range(batchSize):
        result[row, outputBatch[row]] = -1 / batchSize
        return result


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
    summed = dNormalizedLogits.sum(1, keepdim=True)
    summed.neg_()
    return summed


def dLogits(logits, dNormalizedLogits, dMaxLogits):
    result = dNormalizedLogits.clone()
    for row in range(len(logits)):
        top = 0
        for column in range(len(logits[row])):
            if logits[row, column] > logits[row, top]:
                top = column
        result[row, top] += dMaxLogits[row, 0]
    return result


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
    filled = torch.ones_like(dBatchRawValue)
    return (filled * dBatchRawValue).sum(0, keepdim=True)


def dBatchVariance(batchVariance, dBatchVarianceInverse):
    return -0.5 * (batchVariance + 1e-5) ** -1.5 * dBatchVarianceInverse


def dBatchDifferencePow2(batchSize, dBatchVariance):
    return dBatchVariance / (batchSize - 1)


def dBatchDifference(batchDifference, batchVarianceInverse, dBatchDifferencePow2, dBatchRawValue):
    square = 2 * einsum("bh,bh->bh", batchDifference, dBatchDifferencePow2)
    return square + einsum("oh,bh->bh", batchVarianceInverse, dBatchRawValue)


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
    table = torch.zeros_like(embeddingLookUpMatrix)
    sortedLetters, places = inputBatch.flatten().sort(descending=True)
    for k, vector in zip(sortedLetters.tolist(), dEmbedding.flatten(0, 1)[places]):
        table[k] = table[k] + vector
    return table


def dLogitsFast(logits, outputBatch):
    rows, columns = logits.shape
    return (torch.log_softmax(logits, 1).exp() - torch.nn.functional.one_hot(outputBatch, columns)) / rows


def dHiddenLayerPreBatchNormStatesFast(batchGains, batchVarianceInverse, batchRawValue, batchSize, dHiddenLayerPreActivationStates):
    g = dHiddenLayerPreActivationStates
    return batchGains * batchVarianceInverse / batchSize * (
        batchSize * g
        - g.sum(0)
        - batchSize / (batchSize - 1) * batchRawValue * (g * batchRawValue).sum(0)
    )
