# Powers by hand, and float32 all the way: sqrt, reciprocal, exp of a log; no ** anywhere.
import torch

EPSILON = torch.tensor(1e-5)


def dLogProbabilities(logProbabilities, outputBatch, batchSize):
    d = torch.zeros_like(logProbabilities)
    share = torch.reciprocal(torch.tensor(float(batchSize)))
    d[torch.arange(batchSize), outputBatch] = -share
    return d


def dProbabilities(probabilities, dLogProbabilities):
    return torch.reciprocal(probabilities) * dLogProbabilities


def dSumCountsInverse(counts, dProbabilities):
    return torch.sum(counts * dProbabilities, dim=1, keepdim=True)


def dSumCounts(sumCounts, dSumCountsInverse):
    r = torch.reciprocal(sumCounts)
    return -(r * r * dSumCountsInverse)


def dCounts(counts, sumCountsInverse, dProbabilities, dSumCounts):
    first = sumCountsInverse * dProbabilities
    second = dSumCounts * torch.ones(counts.shape, dtype=torch.float32)
    return first + second


def dNormalizedLogits(normalizedLogits, dCounts):
    return torch.exp(normalizedLogits) * dCounts


def dMaxLogits(dNormalizedLogits):
    return -torch.sum(dNormalizedLogits, dim=1, keepdim=True)


def dLogits(logits, dNormalizedLogits, dMaxLogits):
    d = dNormalizedLogits * 1.0
    _, where = torch.max(logits, dim=1)
    d[torch.arange(logits.shape[0]), where] += dMaxLogits[:, 0]
    return d


def dHiddenLayerPostActivationStates(weightsOfFinalLayer, dLogits):
    return torch.matmul(dLogits, torch.transpose(weightsOfFinalLayer, 0, 1))


def dWeightsOfFinalLayer(hiddenLayerPostActivationStates, dLogits):
    return torch.matmul(torch.transpose(hiddenLayerPostActivationStates, 0, 1), dLogits)


def dBiasesOfFinalLayer(dLogits):
    return torch.sum(dLogits, dim=0)


def dHiddenLayerPreActivationStates(hiddenLayerPreActivationStates, dHiddenLayerPostActivationStates):
    # tanh by hand as well, from 2 sigmoid(2x) - 1
    s = torch.reciprocal(1.0 + torch.exp(-2.0 * hiddenLayerPreActivationStates))
    return 4.0 * s * (1.0 - s) * dHiddenLayerPostActivationStates


def dBatchGains(batchRawValue, dHiddenLayerPreActivationStates):
    return torch.sum(dHiddenLayerPreActivationStates * batchRawValue, dim=0, keepdim=True)


def dBatchBiases(dHiddenLayerPreActivationStates):
    return torch.sum(dHiddenLayerPreActivationStates, dim=0, keepdim=True)


def dBatchRawValue(batchGains, dHiddenLayerPreActivationStates):
    return torch.multiply(batchGains, dHiddenLayerPreActivationStates)


def dBatchVarianceInverse(batchDifference, dBatchRawValue):
    return torch.sum(torch.multiply(batchDifference, dBatchRawValue), dim=0, keepdim=True)


def dBatchVariance(batchVariance, dBatchVarianceInverse):
    v = batchVariance + EPSILON
    power = torch.exp(-1.5 * torch.log(v))
    return -0.5 * power * dBatchVarianceInverse


def dBatchDifferencePow2(batchDifferencePow2, batchSize, dBatchVariance):
    n = torch.tensor(batchSize, dtype=torch.float32)
    return torch.ones_like(batchDifferencePow2) * dBatchVariance * torch.reciprocal(n - 1.0)


def dBatchDifference(batchDifference, batchVariance, dBatchDifferencePow2, dBatchRawValue):
    deviation = torch.sqrt(batchVariance + EPSILON)
    return dBatchRawValue / deviation + 2.0 * (batchDifference * dBatchDifferencePow2)


def dBatchMeanAtIteration(dBatchDifference):
    return torch.negative(torch.sum(dBatchDifference, dim=0, keepdim=True))


def dHiddenLayerPreBatchNormStates(batchSize, dBatchMeanAtIteration, dBatchDifference):
    share = torch.reciprocal(torch.tensor(batchSize, dtype=torch.float32))
    return dBatchDifference + share * dBatchMeanAtIteration


def dConcatenatedEmbedding(weightsOfHiddenLayer, dHiddenLayerPreBatchNormStates):
    return torch.matmul(dHiddenLayerPreBatchNormStates, torch.transpose(weightsOfHiddenLayer, 0, 1))


def dWeightsOfHiddenLayer(concatenatedEmbedding, dHiddenLayerPreBatchNormStates):
    return torch.matmul(torch.transpose(concatenatedEmbedding, 0, 1), dHiddenLayerPreBatchNormStates)


def dBiasesOfHiddenLayer(dHiddenLayerPreBatchNormStates):
    return torch.sum(dHiddenLayerPreBatchNormStates, dim=0)


def dEmbedding(embedding, dConcatenatedEmbedding):
    return torch.reshape(dConcatenatedEmbedding, tuple(embedding.shape))


def dEmbeddingLookUpMatrix(embeddingLookUpMatrix, inputBatch, dEmbedding):
    rows = []
    for letter in range(embeddingLookUpMatrix.shape[0]):
        used = (inputBatch == letter).to(torch.float32)
        rows.append(torch.sum(dEmbedding * used[:, :, None], dim=(0, 1)))
    return torch.stack(rows)


def dLogitsFast(logits, outputBatch, batchSize):
    e = torch.exp(logits - torch.max(logits))
    p = e * torch.reciprocal(torch.sum(e, dim=1, keepdim=True))
    p[torch.arange(batchSize), outputBatch] -= 1.0
    return p * torch.reciprocal(torch.tensor(float(batchSize)))


def dHiddenLayerPreBatchNormStatesFast(hiddenLayerPreBatchNormStates, batchGains, batchSize, dHiddenLayerPreActivationStates):
    # everything again from x: through the normalised value, the variance and the mean in turn
    x = hiddenLayerPreBatchNormStates
    difference = x - torch.mean(x, dim=0, keepdim=True)
    variance = torch.sum(difference * difference, dim=0, keepdim=True) / (batchSize - 1)
    deviation = torch.sqrt(variance + EPSILON)
    inverse = torch.reciprocal(deviation)
    dNormalised = dHiddenLayerPreActivationStates * batchGains
    dVariance = torch.sum(dNormalised * difference, dim=0, keepdim=True) * -0.5 * inverse * inverse * inverse
    dMean = -torch.sum(dNormalised, dim=0, keepdim=True) * inverse
    return dNormalised * inverse + dVariance * 2.0 * difference / (batchSize - 1) + dMean / batchSize
