# Someone who knows torch's indexing functions by heart: scatter, gather, index_add.
import torch


def dLogProbabilities(logProbabilities, outputBatch):
    n = logProbabilities.size(0)
    return torch.zeros_like(logProbabilities).scatter_(1, outputBatch.unsqueeze(1), -1.0 / n)


def dProbabilities(probabilities, dLogProbabilities):
    return torch.div(dLogProbabilities, probabilities)


def dSumCountsInverse(counts, dProbabilities):
    n, v = counts.shape
    rows = torch.arange(n).repeat_interleave(v)
    return torch.zeros(n).index_add_(0, rows, (counts * dProbabilities).flatten()).view(n, 1)


def dSumCounts(sumCounts, dSumCountsInverse):
    return dSumCountsInverse.neg().div(sumCounts.square())


def dCounts(counts, sumCountsInverse, dProbabilities, dSumCounts):
    gathered = dSumCounts.gather(1, torch.zeros_like(counts, dtype=torch.int64))
    return torch.addcmul(gathered, sumCountsInverse.expand_as(counts), dProbabilities)


def dNormalizedLogits(counts, dCounts):
    return torch.mul(dCounts, counts)


def dMaxLogits(dNormalizedLogits):
    n, v = dNormalizedLogits.shape
    column = torch.zeros(n, v, dtype=torch.int64)
    return torch.zeros(n, 1).scatter_add_(1, column, dNormalizedLogits).neg_()


def dLogits(logits, dNormalizedLogits, dMaxLogits):
    return dNormalizedLogits.scatter_add(1, logits.argmax(1, keepdim=True), dMaxLogits)


def dHiddenLayerPostActivationStates(weightsOfFinalLayer, dLogits):
    return torch.mm(dLogits, weightsOfFinalLayer.t())


def dWeightsOfFinalLayer(hiddenLayerPostActivationStates, dLogits):
    return torch.mm(hiddenLayerPostActivationStates.t(), dLogits)


def dBiasesOfFinalLayer(biasesOfFinalLayer, dLogits):
    return torch.zeros_like(biasesOfFinalLayer).index_add_(0, torch.arange(dLogits.shape[1]).repeat(len(dLogits)), dLogits.reshape(-1))


def dHiddenLayerPreActivationStates(hiddenLayerPostActivationStates, dHiddenLayerPostActivationStates):
    return dHiddenLayerPostActivationStates.mul(hiddenLayerPostActivationStates.square().neg().add(1))


def dBatchGains(batchGains, batchRawValue, dHiddenLayerPreActivationStates):
    sameRow = torch.zeros(len(batchRawValue), dtype=torch.int64)
    return torch.zeros_like(batchGains).index_add_(0, sameRow, batchRawValue * dHiddenLayerPreActivationStates)


def dBatchBiases(batchBiases, dHiddenLayerPreActivationStates):
    sameRow = torch.zeros(len(dHiddenLayerPreActivationStates), dtype=torch.int64)
    return torch.zeros_like(batchBiases).index_add_(0, sameRow, dHiddenLayerPreActivationStates)


def dBatchRawValue(batchGains, batchRawValue, dHiddenLayerPreActivationStates):
    sameRow = torch.zeros(len(batchRawValue), dtype=torch.int64)
    return batchGains.index_select(0, sameRow) * dHiddenLayerPreActivationStates


def dBatchVarianceInverse(batchVarianceInverse, batchDifference, dBatchRawValue):
    sameRow = torch.zeros_like(batchDifference, dtype=torch.int64)
    return torch.zeros_like(batchVarianceInverse).scatter_add_(0, sameRow, batchDifference * dBatchRawValue)


def dBatchVariance(batchVariance, dBatchVarianceInverse):
    return dBatchVarianceInverse * torch.pow(batchVariance + 1e-5, -1.5) / -2


def dBatchDifferencePow2(batchDifference, batchSize, dBatchVariance):
    return dBatchVariance.index_select(0, torch.zeros(batchSize, dtype=torch.int64)).div_(batchSize - 1)


def dBatchDifference(batchDifference, batchVarianceInverse, dBatchDifferencePow2, dBatchRawValue):
    d = torch.zeros_like(batchDifference)
    d.add_(dBatchRawValue * batchVarianceInverse)
    d.addcmul_(batchDifference, dBatchDifferencePow2, value=2)
    return d


def dBatchMeanAtIteration(batchMeanAtIteration, dBatchDifference):
    sameRow = torch.zeros(len(dBatchDifference), dtype=torch.int64)
    return torch.zeros_like(batchMeanAtIteration).index_add_(0, sameRow, dBatchDifference, alpha=-1)


def dHiddenLayerPreBatchNormStates(batchSize, dBatchMeanAtIteration, dBatchDifference):
    return torch.add(dBatchDifference, dBatchMeanAtIteration, alpha=1 / batchSize)


def dConcatenatedEmbedding(weightsOfHiddenLayer, dHiddenLayerPreBatchNormStates):
    return torch.mm(dHiddenLayerPreBatchNormStates, weightsOfHiddenLayer.t())


def dWeightsOfHiddenLayer(concatenatedEmbedding, dHiddenLayerPreBatchNormStates):
    return torch.mm(concatenatedEmbedding.t(), dHiddenLayerPreBatchNormStates)


def dBiasesOfHiddenLayer(dHiddenLayerPreBatchNormStates):
    n, h = dHiddenLayerPreBatchNormStates.shape
    return torch.zeros(h).scatter_add_(0, torch.arange(h).repeat(n), dHiddenLayerPreBatchNormStates.flatten())


def dEmbedding(embedding, dConcatenatedEmbedding):
    return dConcatenatedEmbedding.reshape_as(embedding)


def dEmbeddingLookUpMatrix(embeddingLookUpMatrix, inputBatch, dEmbedding):
    d = torch.zeros_like(embeddingLookUpMatrix)
    return d.index_add_(0, inputBatch.flatten(), dEmbedding.flatten(0, 1))


def dLogitsFast(logits, outputBatch):
    d = logits.softmax(1)
    d.scatter_add_(1, outputBatch[:, None], torch.full_like(d, -1.0))
    return d.div_(len(d))


def dHiddenLayerPreBatchNormStatesFast(batchGains, batchVarianceInverse, batchRawValue, dHiddenLayerPreActivationStates):
    n = len(batchRawValue)
    sameRow = torch.zeros(n, dtype=torch.int64)
    g = dHiddenLayerPreActivationStates
    zero = torch.zeros_like(batchGains)
    dBias = zero.index_add(0, sameRow, g)
    dGain = zero.index_add(0, sameRow, g * batchRawValue)
    inner = torch.sub(g, dBias, alpha=1 / n).addcmul_(batchRawValue, dGain, value=-1 / (n - 1))
    return inner.mul_(batchGains * batchVarianceInverse)
