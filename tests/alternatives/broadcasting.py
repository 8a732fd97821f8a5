# Products and sums only: every matrix product is a broadcast product with one axis added up.
import torch


def dLogProbabilities(logProbabilities, outputBatch, batchSize):
    hit = (outputBatch[:, None] - torch.arange(logProbabilities.shape[1])[None, :]) == 0
    return hit * torch.tensor(-1.0 / batchSize)


def dProbabilities(probabilities, dLogProbabilities):
    return dLogProbabilities * probabilities ** -1


def dSumCountsInverse(counts, dProbabilities):
    return (counts[:, None, :] * dProbabilities[:, None, :]).sum(-1)


def dSumCounts(sumCounts, dSumCountsInverse):
    return -1 * sumCounts ** -2 * dSumCountsInverse


def dCounts(sumCountsInverse, dProbabilities, dSumCounts):
    return sumCountsInverse * dProbabilities + dSumCounts


def dNormalizedLogits(counts, dCounts):
    return counts * dCounts


def dMaxLogits(dNormalizedLogits):
    return (-1.0 * dNormalizedLogits[:, None, :]).sum(-1)


def dLogits(logits, dNormalizedLogits, dMaxLogits):
    # the largest is the one that no other is larger than
    larger = (logits[:, None, :] > logits[:, :, None]).sum(-1)
    return dNormalizedLogits + (larger == 0) * dMaxLogits


def dHiddenLayerPostActivationStates(weightsOfFinalLayer, dLogits):
    return (dLogits[:, None, :] * weightsOfFinalLayer[None, :, :]).sum(2)


def dWeightsOfFinalLayer(hiddenLayerPostActivationStates, dLogits):
    return (hiddenLayerPostActivationStates[:, :, None] * dLogits[:, None, :]).sum(0)


def dBiasesOfFinalLayer(dLogits):
    return (dLogits * torch.ones(len(dLogits), 1)).sum(0)


def dHiddenLayerPreActivationStates(hiddenLayerPostActivationStates, dHiddenLayerPostActivationStates):
    return dHiddenLayerPostActivationStates * (1 - hiddenLayerPostActivationStates * hiddenLayerPostActivationStates)


def dBatchGains(batchRawValue, dHiddenLayerPreActivationStates):
    return (batchRawValue[:, None] * dHiddenLayerPreActivationStates[:, None]).sum(0)


def dBatchBiases(dHiddenLayerPreActivationStates):
    return dHiddenLayerPreActivationStates[:, None].sum(0)


def dBatchRawValue(batchGains, dHiddenLayerPreActivationStates):
    return batchGains * dHiddenLayerPreActivationStates


def dBatchVarianceInverse(batchDifference, dBatchRawValue):
    return (batchDifference[:, None] * dBatchRawValue[:, None]).sum(0)


def dBatchVariance(batchVariance, dBatchVarianceInverse):
    return dBatchVarianceInverse * -1 / 2 * (batchVariance + 0.00001) ** (-3 / 2)


def dBatchDifferencePow2(batchSize, dBatchVariance):
    return dBatchVariance * torch.ones(batchSize, 1) / (batchSize - 1)


def dBatchDifference(batchDifference, batchVarianceInverse, dBatchDifferencePow2, dBatchRawValue):
    return batchDifference * 2 * dBatchDifferencePow2 + dBatchRawValue * batchVarianceInverse


def dBatchMeanAtIteration(dBatchDifference):
    return (-1.0 * dBatchDifference[:, None]).sum(0)


def dHiddenLayerPreBatchNormStates(batchSize, dBatchMeanAtIteration, dBatchDifference):
    return 1.0 * dBatchDifference + dBatchMeanAtIteration * (1 / batchSize)


def dConcatenatedEmbedding(weightsOfHiddenLayer, dHiddenLayerPreBatchNormStates):
    return (dHiddenLayerPreBatchNormStates[:, None, :] * weightsOfHiddenLayer[None, :, :]).sum(2)


def dWeightsOfHiddenLayer(concatenatedEmbedding, dHiddenLayerPreBatchNormStates):
    return (concatenatedEmbedding[:, :, None] * dHiddenLayerPreBatchNormStates[:, None, :]).sum(0)


def dBiasesOfHiddenLayer(dHiddenLayerPreBatchNormStates):
    return (1.0 * dHiddenLayerPreBatchNormStates).sum(0)


def dEmbedding(blockSize, dConcatenatedEmbedding):
    return dConcatenatedEmbedding.view(-1, blockSize, dConcatenatedEmbedding.shape[1] // blockSize)


def dEmbeddingLookUpMatrix(inputBatch, dEmbedding, vocabularySize):
    hit = inputBatch[:, :, None] == torch.arange(vocabularySize)
    return (hit[:, :, :, None] * dEmbedding[:, :, None, :]).sum((0, 1))


def dLogitsFast(logits, outputBatch, batchSize):
    # softmax from differences alone: p_j = 1 / sum_k exp(x_k - x_j)
    p = 1 / (logits[:, None, :] - logits[:, :, None]).exp().sum(-1)
    hit = outputBatch[:, None] == torch.arange(logits.shape[1])
    return (p - 1.0 * hit) / batchSize


def dHiddenLayerPreBatchNormStatesFast(batchGains, batchVarianceInverse, batchRawValue, batchSize, dHiddenLayerPreActivationStates):
    g = dHiddenLayerPreActivationStates
    # how much row i feels of row j, for each column
    weight = 1 / batchSize + batchRawValue[:, None] * batchRawValue[None] / (batchSize - 1)
    return batchGains * batchVarianceInverse * (g - (weight * g[None]).sum(1))
