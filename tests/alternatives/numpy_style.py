# Someone who thinks in numpy and wraps the result.
import numpy as np
import torch


def dLogProbabilities(logProbabilities, outputBatch, batchSize):
    d = np.zeros_like(logProbabilities.numpy())
    d[np.arange(batchSize), outputBatch.numpy()] = -1 / batchSize
    return torch.from_numpy(d)


def dProbabilities(probabilities, dLogProbabilities):
    return torch.from_numpy(dLogProbabilities.numpy() / probabilities.numpy())


def dSumCountsInverse(counts, dProbabilities):
    return torch.from_numpy(np.sum(counts.numpy() * dProbabilities.numpy(), axis=1, keepdims=True))


def dSumCounts(sumCounts, dSumCountsInverse):
    return torch.from_numpy(-dSumCountsInverse.numpy() / np.square(sumCounts.numpy()))


def dCounts(sumCountsInverse, dProbabilities, dSumCounts):
    return torch.from_numpy(dSumCounts.numpy() + sumCountsInverse.numpy() * dProbabilities.numpy())


def dNormalizedLogits(normalizedLogits, dCounts):
    return torch.from_numpy(np.exp(normalizedLogits.numpy()) * dCounts.numpy())


def dMaxLogits(dNormalizedLogits):
    return torch.from_numpy(-np.sum(dNormalizedLogits.numpy(), axis=1, keepdims=True))


def dLogits(logits, dNormalizedLogits, dMaxLogits):
    d = dNormalizedLogits.numpy().copy()
    d[np.arange(len(d)), np.argmax(logits.numpy(), axis=1)] += dMaxLogits.numpy()[:, 0]
    return torch.from_numpy(d)


def dHiddenLayerPostActivationStates(weightsOfFinalLayer, dLogits):
    return torch.from_numpy(np.dot(dLogits.numpy(), weightsOfFinalLayer.numpy().T))


def dWeightsOfFinalLayer(hiddenLayerPostActivationStates, dLogits):
    return torch.from_numpy(np.dot(hiddenLayerPostActivationStates.numpy().T, dLogits.numpy()))


def dBiasesOfFinalLayer(dLogits):
    return torch.from_numpy(np.sum(dLogits.numpy(), axis=0))


def dHiddenLayerPreActivationStates(hiddenLayerPreActivationStates, dHiddenLayerPostActivationStates):
    t = np.tanh(hiddenLayerPreActivationStates.numpy())
    return torch.from_numpy((1 - t**2) * dHiddenLayerPostActivationStates.numpy())


def dBatchGains(batchRawValue, dHiddenLayerPreActivationStates):
    return torch.tensor(np.sum(batchRawValue.numpy() * dHiddenLayerPreActivationStates.numpy(), axis=0, keepdims=True))


def dBatchBiases(dHiddenLayerPreActivationStates):
    return torch.tensor(np.add.reduce(dHiddenLayerPreActivationStates.numpy(), axis=0)[np.newaxis])


def dBatchRawValue(batchGains, dHiddenLayerPreActivationStates):
    return torch.tensor(batchGains.numpy() * dHiddenLayerPreActivationStates.numpy())


def dBatchVarianceInverse(batchDifference, dBatchRawValue):
    return torch.tensor(np.einsum("bh,bh->h", batchDifference.numpy(), dBatchRawValue.numpy())[None])


def dBatchVariance(batchVariance, dBatchVarianceInverse):
    return torch.tensor(-0.5 * np.power(batchVariance.numpy() + 1e-5, -1.5) * dBatchVarianceInverse.numpy())


def dBatchDifferencePow2(batchSize, dBatchVariance):
    return torch.tensor(np.repeat(dBatchVariance.numpy(), batchSize, axis=0) / (batchSize - 1))


def dBatchDifference(batchDifference, batchVarianceInverse, dBatchDifferencePow2, dBatchRawValue):
    square = 2 * batchDifference.numpy() * dBatchDifferencePow2.numpy()
    return torch.tensor(square + batchVarianceInverse.numpy() * dBatchRawValue.numpy())


def dBatchMeanAtIteration(dBatchDifference):
    return torch.tensor(-dBatchDifference.numpy().sum(axis=0, keepdims=True))


def dHiddenLayerPreBatchNormStates(batchSize, dBatchMeanAtIteration, dBatchDifference):
    return torch.tensor(dBatchDifference.numpy() + np.tile(dBatchMeanAtIteration.numpy(), (batchSize, 1)) / batchSize)


def dConcatenatedEmbedding(weightsOfHiddenLayer, dHiddenLayerPreBatchNormStates):
    return torch.from_numpy(dHiddenLayerPreBatchNormStates.numpy() @ weightsOfHiddenLayer.numpy().T)


def dWeightsOfHiddenLayer(concatenatedEmbedding, dHiddenLayerPreBatchNormStates):
    return torch.from_numpy(concatenatedEmbedding.numpy().T @ dHiddenLayerPreBatchNormStates.numpy())


def dBiasesOfHiddenLayer(dHiddenLayerPreBatchNormStates):
    return torch.from_numpy(dHiddenLayerPreBatchNormStates.numpy().sum(axis=0))


def dEmbedding(embedding, dConcatenatedEmbedding):
    return torch.from_numpy(dConcatenatedEmbedding.numpy().reshape(embedding.numpy().shape))


def dEmbeddingLookUpMatrix(embeddingLookUpMatrix, inputBatch, dEmbedding):
    d = np.zeros_like(embeddingLookUpMatrix.numpy())
    np.add.at(d, inputBatch.numpy(), dEmbedding.numpy())
    return torch.from_numpy(d)


def dLogitsFast(logits, outputBatch, batchSize):
    e = np.exp(logits.numpy() - np.max(logits.numpy(), axis=1, keepdims=True))
    d = e / e.sum(axis=1, keepdims=True)
    d[np.arange(batchSize), outputBatch.numpy()] -= 1
    return torch.from_numpy(d / batchSize)


def dHiddenLayerPreBatchNormStatesFast(batchGains, batchVarianceInverse, batchRawValue, batchSize, dHiddenLayerPreActivationStates):
    g, x = dHiddenLayerPreActivationStates.numpy(), batchRawValue.numpy()
    d = g - np.mean(g, axis=0) - x * np.sum(g * x, axis=0) / (batchSize - 1)
    return torch.from_numpy(d * (batchGains * batchVarianceInverse).numpy())
