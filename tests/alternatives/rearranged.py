# Pen and paper first: each rule simplified by algebra until it reuses values that the forward pass already has.
import torch


def dLogProbabilities(probabilities, outputBatch, batchSize):
    classes = torch.arange(probabilities.shape[1])
    return (outputBatch[:, None] == classes).float() / -batchSize


def dProbabilities(logProbabilities, dLogProbabilities):
    # 1 / p = exp(-log p)
    return dLogProbabilities * torch.exp(-logProbabilities)


def dSumCountsInverse(probabilities, sumCounts, dProbabilities):
    # counts = probabilities * sumCounts, and sumCounts is the same for the whole row
    return sumCounts * (probabilities * dProbabilities).sum(1, keepdim=True)


def dSumCounts(sumCountsInverse, dSumCountsInverse):
    # -1 / s^2 = -(1 / s)^2
    return -dSumCountsInverse * sumCountsInverse ** 2


def dCounts(sumCounts, sumCountsInverse, dProbabilities, dSumCounts):
    # both paths have the factor 1 / s
    return (dProbabilities + sumCounts * dSumCounts) * sumCountsInverse


def dNormalizedLogits(probabilities, sumCounts, dCounts):
    # exp(x) = p * s
    return probabilities * (sumCounts * dCounts)


def dMaxLogits(dNormalizedLogits):
    return 0 - dNormalizedLogits.sum(dim=1, keepdim=True)


def dLogits(normalizedLogits, dNormalizedLogits, dMaxLogits):
    # the largest is the one that is 0 after the maximum has been taken away
    return dNormalizedLogits + dMaxLogits * (normalizedLogits == 0)


def dHiddenLayerPostActivationStates(weightsOfFinalLayer, dLogits):
    # (A B)' = B' A'
    return (weightsOfFinalLayer @ dLogits.T).T


def dWeightsOfFinalLayer(hiddenLayerPostActivationStates, dLogits):
    return (dLogits.T @ hiddenLayerPostActivationStates).T


def dBiasesOfFinalLayer(dLogits):
    return len(dLogits) * dLogits.mean(0)


def dHiddenLayerPreActivationStates(hiddenLayerPreActivationStates, dHiddenLayerPostActivationStates):
    # 1 - tanh(x)^2 = 1 / cosh(x)^2
    return dHiddenLayerPostActivationStates / torch.cosh(hiddenLayerPreActivationStates) ** 2


def dBatchGains(batchDifference, batchVarianceInverse, dHiddenLayerPreActivationStates):
    # the inverse deviation is the same for the whole column
    return batchVarianceInverse * (batchDifference * dHiddenLayerPreActivationStates).sum(0, keepdim=True)


def dBatchBiases(dHiddenLayerPreActivationStates, batchSize):
    return dHiddenLayerPreActivationStates.mean(0, keepdim=True) * batchSize


def dBatchRawValue(batchGains, dHiddenLayerPreActivationStates):
    return dHiddenLayerPreActivationStates - (1 - batchGains) * dHiddenLayerPreActivationStates


def dBatchVarianceInverse(batchRawValue, batchVarianceInverse, dBatchRawValue):
    # difference = raw / inverse
    return (batchRawValue * dBatchRawValue).sum(0, keepdim=True) / batchVarianceInverse


def dBatchVariance(batchVarianceInverse, dBatchVarianceInverse):
    return -batchVarianceInverse ** 3 * dBatchVarianceInverse / 2


def dBatchDifferencePow2(batchDifferencePow2, batchSize, dBatchVariance):
    return dBatchVariance.repeat(batchSize, 1) * (1 / (batchSize - 1))


def dBatchDifference(batchRawValue, batchVarianceInverse, dBatchDifferencePow2, dBatchRawValue):
    # 2 difference dPow2 = 2 raw / inverse dPow2
    return (2 * batchRawValue * dBatchDifferencePow2) / batchVarianceInverse + dBatchRawValue * batchVarianceInverse


def dBatchMeanAtIteration(dBatchDifference):
    return dBatchDifference.mean(0, keepdim=True) * -dBatchDifference.shape[0]


def dHiddenLayerPreBatchNormStates(batchSize, dBatchMeanAtIteration, dBatchDifference):
    return (batchSize * dBatchDifference + dBatchMeanAtIteration) / batchSize


def dConcatenatedEmbedding(weightsOfHiddenLayer, dHiddenLayerPreBatchNormStates):
    return (weightsOfHiddenLayer @ dHiddenLayerPreBatchNormStates.T).T


def dWeightsOfHiddenLayer(concatenatedEmbedding, dHiddenLayerPreBatchNormStates):
    return (dHiddenLayerPreBatchNormStates.T @ concatenatedEmbedding).T


def dBiasesOfHiddenLayer(dHiddenLayerPreBatchNormStates, batchSize):
    return batchSize * dHiddenLayerPreBatchNormStates.mean(0)


def dEmbedding(batchSize, blockSize, embeddingSize, dConcatenatedEmbedding):
    return dConcatenatedEmbedding.T.reshape(blockSize, embeddingSize, batchSize).permute(2, 0, 1)


def dEmbeddingLookUpMatrix(inputBatch, dEmbedding, vocabularySize):
    # a look-up is a product with a one-hot matrix, so its gradient is a product with the transpose
    oneHot = (inputBatch.flatten() == torch.arange(vocabularySize)[:, None]).float()
    return oneHot @ dEmbedding.flatten(0, 1)


def dLogitsFast(logits, outputBatch, batchSize):
    d = (logits - logits.logsumexp(1, keepdim=True)).exp() / batchSize
    d[range(batchSize), outputBatch] -= 1 / batchSize
    return d


def dHiddenLayerPreBatchNormStatesFast(batchGains, batchVariance, batchRawValue, batchSize, dHiddenLayerPreActivationStates):
    scale = batchGains / (batchVariance + 1e-5).sqrt()
    centred = dHiddenLayerPreActivationStates - dHiddenLayerPreActivationStates.mean(0)
    slope = (centred * batchRawValue).sum(0) / (batchSize - 1)
    return scale * (centred - slope * batchRawValue)
