# Someone who counts allocations: one clone, and everything after that in place.
import torch


def dLogProbabilities(logProbabilities, outputBatch, batchSize):
    d = torch.empty_like(logProbabilities)
    d.zero_()
    d[torch.arange(batchSize), outputBatch] -= 1
    d /= batchSize
    return d


def dProbabilities(probabilities, dLogProbabilities):
    d = dLogProbabilities.clone()
    d /= probabilities
    return d


def dSumCountsInverse(counts, dProbabilities):
    d = counts.clone()
    d *= dProbabilities
    return d.sum(1, keepdim=True)


def dSumCounts(sumCounts, dSumCountsInverse):
    d = dSumCountsInverse.clone()
    d /= sumCounts
    d /= sumCounts
    d *= -1
    return d


def dCounts(sumCountsInverse, dProbabilities, dSumCounts):
    d = dProbabilities.clone()
    d *= sumCountsInverse
    d += dSumCounts
    return d


def dNormalizedLogits(counts, dCounts):
    d = dCounts.clone()
    d *= counts
    return d


def dMaxLogits(dNormalizedLogits):
    d = dNormalizedLogits.sum(1, keepdim=True)
    d.neg_()
    return d


def dLogits(logits, dNormalizedLogits, dMaxLogits):
    d = dNormalizedLogits.clone()
    d[torch.arange(len(d)), logits.argmax(1)] += dMaxLogits.view(-1)
    return d


def dHiddenLayerPostActivationStates(hiddenLayerPostActivationStates, weightsOfFinalLayer, dLogits):
    d = torch.empty_like(hiddenLayerPostActivationStates)
    torch.matmul(dLogits, weightsOfFinalLayer.T, out=d)
    return d


def dWeightsOfFinalLayer(weightsOfFinalLayer, hiddenLayerPostActivationStates, dLogits):
    d = torch.zeros_like(weightsOfFinalLayer)
    d.addmm_(hiddenLayerPostActivationStates.T, dLogits)
    return d


def dBiasesOfFinalLayer(biasesOfFinalLayer, dLogits):
    d = torch.zeros_like(biasesOfFinalLayer)
    d += dLogits.sum(0)
    return d


def dHiddenLayerPreActivationStates(hiddenLayerPostActivationStates, dHiddenLayerPostActivationStates):
    d = hiddenLayerPostActivationStates.clone()
    d.pow_(2).neg_().add_(1).mul_(dHiddenLayerPostActivationStates)
    return d


def dBatchGains(batchRawValue, dHiddenLayerPreActivationStates):
    d = batchRawValue.clone().mul_(dHiddenLayerPreActivationStates)
    return d.sum(0, keepdim=True)


def dBatchBiases(batchBiases, dHiddenLayerPreActivationStates):
    d = batchBiases.clone().zero_()
    d += dHiddenLayerPreActivationStates.sum(0)
    return d


def dBatchRawValue(batchGains, dHiddenLayerPreActivationStates):
    return dHiddenLayerPreActivationStates.clone().mul_(batchGains)


def dBatchVarianceInverse(batchDifference, dBatchRawValue):
    d = batchDifference.clone()
    d *= dBatchRawValue
    return d.sum(0, keepdim=True)


def dBatchVariance(batchVariance, dBatchVarianceInverse):
    d = batchVariance.clone()
    d += 1e-5
    d **= -1.5
    d *= -0.5
    d *= dBatchVarianceInverse
    return d


def dBatchDifferencePow2(batchDifferencePow2, batchSize, dBatchVariance):
    d = batchDifferencePow2.clone()
    d[:] = dBatchVariance
    d /= batchSize - 1
    return d


def dBatchDifference(batchDifference, batchVarianceInverse, dBatchDifferencePow2, dBatchRawValue):
    d = batchDifference.clone()
    d *= 2
    d *= dBatchDifferencePow2
    other = dBatchRawValue.clone()
    other *= batchVarianceInverse
    d += other
    return d


def dBatchMeanAtIteration(batchMeanAtIteration, dBatchDifference):
    d = torch.zeros_like(batchMeanAtIteration)
    d -= dBatchDifference.sum(0)
    return d


def dHiddenLayerPreBatchNormStates(batchSize, dBatchMeanAtIteration, dBatchDifference):
    d = dBatchDifference.clone()
    d += dBatchMeanAtIteration.clone().div_(batchSize)
    return d


def dConcatenatedEmbedding(concatenatedEmbedding, weightsOfHiddenLayer, dHiddenLayerPreBatchNormStates):
    d = concatenatedEmbedding.clone().zero_()
    d.addmm_(dHiddenLayerPreBatchNormStates, weightsOfHiddenLayer.T)
    return d


def dWeightsOfHiddenLayer(weightsOfHiddenLayer, concatenatedEmbedding, dHiddenLayerPreBatchNormStates):
    d = torch.empty_like(weightsOfHiddenLayer)
    torch.mm(concatenatedEmbedding.T, dHiddenLayerPreBatchNormStates, out=d)
    return d


def dBiasesOfHiddenLayer(biasesOfHiddenLayer, dHiddenLayerPreBatchNormStates):
    d = biasesOfHiddenLayer.clone()
    d.zero_()
    for row in dHiddenLayerPreBatchNormStates:
        d += row
    return d


def dEmbedding(embedding, dConcatenatedEmbedding):
    d = embedding.clone()
    d.view(len(d), -1).copy_(dConcatenatedEmbedding)
    return d


def dEmbeddingLookUpMatrix(embeddingLookUpMatrix, inputBatch, dEmbedding):
    d = embeddingLookUpMatrix.clone().fill_(0)
    for position in range(inputBatch.shape[1]):
        d.index_add_(0, inputBatch[:, position], dEmbedding[:, position])
    return d


def dLogitsFast(logits, outputBatch, batchSize):
    d = logits.clone()
    d -= d.max(1, keepdim=True).values
    d.exp_()
    d /= d.sum(1, keepdim=True)
    d[torch.arange(batchSize), outputBatch] -= 1
    d /= batchSize
    return d


def dHiddenLayerPreBatchNormStatesFast(batchGains, batchVarianceInverse, batchRawValue, batchSize, dHiddenLayerPreActivationStates):
    d = dHiddenLayerPreActivationStates.clone()
    d -= d.mean(0)
    along = d.clone()
    along *= batchRawValue
    d -= batchRawValue * along.sum(0).div_(batchSize - 1)
    d *= batchGains
    d *= batchVarianceInverse
    return d
