# Nothing is copied that need not be: expanded, transposed and otherwise strided views are returned as they are.
import torch


def dLogProbabilities(batchSize, vocabularySize, outputBatch):
    base = torch.zeros(vocabularySize, batchSize)
    base[outputBatch, torch.arange(batchSize)] = -1 / batchSize
    return base.t()


def dProbabilities(probabilities, dLogProbabilities):
    return (dLogProbabilities.mT / probabilities.mT).mT


def dSumCountsInverse(counts, dProbabilities):
    return (counts.mT * dProbabilities.mT).sum(0).unsqueeze(-1)


def dSumCounts(sumCounts, dSumCountsInverse):
    s = sumCounts[:, 0]
    return (dSumCountsInverse[:, 0] / -(s * s))[:, None]


def dCounts(counts, sumCountsInverse, dProbabilities, dSumCounts):
    return dSumCounts.expand_as(counts) + dProbabilities * sumCountsInverse.expand_as(counts)


def dNormalizedLogits(counts, dCounts):
    return (dCounts.T * counts.T).T


def dMaxLogits(dNormalizedLogits):
    return dNormalizedLogits.T.sum(0)[..., None].neg()


def dLogits(logits, dNormalizedLogits, dMaxLogits):
    d = dNormalizedLogits.T.clone()
    d[logits.argmax(1), torch.arange(len(logits))] += dMaxLogits.squeeze(1)
    return d.T


def dHiddenLayerPostActivationStates(weightsOfFinalLayer, dLogits):
    return weightsOfFinalLayer.matmul(dLogits.mT).mT


def dWeightsOfFinalLayer(hiddenLayerPostActivationStates, dLogits):
    return dLogits.mT.matmul(hiddenLayerPostActivationStates).mT


def dBiasesOfFinalLayer(dLogits):
    return dLogits.sum(0, keepdim=True)[0]


def dHiddenLayerPreActivationStates(hiddenLayerPostActivationStates, dHiddenLayerPostActivationStates):
    h = hiddenLayerPostActivationStates.T
    return ((1 - h) * (1 + h) * dHiddenLayerPostActivationStates.T).T


def dBatchGains(batchRawValue, dHiddenLayerPreActivationStates):
    return (batchRawValue * dHiddenLayerPreActivationStates).T.sum(1).unsqueeze(0)


def dBatchBiases(dHiddenLayerPreActivationStates):
    return dHiddenLayerPreActivationStates.T.sum(1, keepdim=True).T


def dBatchRawValue(batchGains, dHiddenLayerPreActivationStates):
    return batchGains.expand_as(dHiddenLayerPreActivationStates) * dHiddenLayerPreActivationStates


def dBatchVarianceInverse(batchDifference, dBatchRawValue):
    return (batchDifference.T * dBatchRawValue.T).sum(1, keepdim=True).T


def dBatchVariance(batchVariance, dBatchVarianceInverse):
    v = batchVariance.squeeze(0) + 1e-5
    return (dBatchVarianceInverse.squeeze(0) * -0.5 * v ** -1.5).expand(1, -1)


def dBatchDifferencePow2(batchDifferencePow2, batchSize, dBatchVariance):
    return (dBatchVariance / (batchSize - 1)).expand_as(batchDifferencePow2)


def dBatchDifference(batchDifference, batchVarianceInverse, dBatchDifferencePow2, dBatchRawValue):
    i = batchVarianceInverse.expand(batchDifference.shape)
    return dBatchRawValue * i + (batchDifference + batchDifference) * dBatchDifferencePow2


def dBatchMeanAtIteration(dBatchDifference):
    return dBatchDifference.T.sum(-1)[None].neg()


def dHiddenLayerPreBatchNormStates(batchSize, dBatchMeanAtIteration, dBatchDifference):
    share = (dBatchMeanAtIteration / batchSize).broadcast_to(dBatchDifference.shape)
    return (share.T + dBatchDifference.T).T


def dConcatenatedEmbedding(weightsOfHiddenLayer, dHiddenLayerPreBatchNormStates):
    return weightsOfHiddenLayer.matmul(dHiddenLayerPreBatchNormStates.mT).mT


def dWeightsOfHiddenLayer(concatenatedEmbedding, dHiddenLayerPreBatchNormStates):
    return dHiddenLayerPreBatchNormStates.mT.matmul(concatenatedEmbedding).mT


def dBiasesOfHiddenLayer(dHiddenLayerPreBatchNormStates):
    return dHiddenLayerPreBatchNormStates.T.sum(1)


def dEmbedding(embedding, dConcatenatedEmbedding):
    return dConcatenatedEmbedding.as_strided(embedding.shape, embedding.stride())


def dEmbeddingLookUpMatrix(vocabularySize, inputBatch, dEmbedding):
    base = torch.zeros(dEmbedding.shape[-1], vocabularySize)
    return base.index_add(1, inputBatch.reshape(-1), dEmbedding.reshape(-1, dEmbedding.shape[-1]).T).T


def dLogitsFast(logits, outputBatch, batchSize):
    d = logits.T.softmax(0)
    d[outputBatch, torch.arange(batchSize)] -= 1
    return d.T / batchSize


def dHiddenLayerPreBatchNormStatesFast(batchGains, batchVarianceInverse, batchRawValue, batchSize, dHiddenLayerPreActivationStates):
    g, x = dHiddenLayerPreActivationStates.T, batchRawValue.T
    mean = g.mean(1, keepdim=True).expand_as(g)
    slope = (g * x).sum(1, keepdim=True) / (batchSize - 1)
    return ((batchGains * batchVarianceInverse).T * (g - mean - x * slope)).T
