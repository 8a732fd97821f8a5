# One call per gradient: addcmul, addmm, linear, tensordot and friends.
import torch
import torch.nn.functional as F


def dLogProbabilities(outputBatch, batchSize, vocabularySize):
    return F.one_hot(outputBatch, vocabularySize).div(-batchSize)


def dProbabilities(probabilities, dLogProbabilities):
    return torch.addcdiv(torch.zeros_like(probabilities), dLogProbabilities, probabilities)


def dSumCountsInverse(counts, dProbabilities):
    return torch.bmm(counts.unsqueeze(1), dProbabilities.unsqueeze(2)).squeeze(2)


def dSumCounts(sumCounts, dSumCountsInverse):
    return torch.addcdiv(torch.zeros_like(sumCounts), dSumCountsInverse, sumCounts * sumCounts, value=-1)


def dCounts(sumCountsInverse, dProbabilities, dSumCounts):
    return torch.addcmul(dSumCounts, sumCountsInverse, dProbabilities)


def dNormalizedLogits(normalizedLogits, dCounts):
    return torch.addcmul(dCounts, dCounts, torch.expm1(normalizedLogits))


def dMaxLogits(dNormalizedLogits):
    return F.linear(dNormalizedLogits, -torch.ones(1, dNormalizedLogits.shape[1]))


def dLogits(logits, dNormalizedLogits, dMaxLogits):
    return torch.addcmul(dNormalizedLogits, F.one_hot(logits.argmax(-1), logits.size(-1)).float(), dMaxLogits)


def dHiddenLayerPostActivationStates(weightsOfFinalLayer, dLogits):
    return F.linear(dLogits, weightsOfFinalLayer)


def dWeightsOfFinalLayer(hiddenLayerPostActivationStates, dLogits):
    return torch.tensordot(hiddenLayerPostActivationStates, dLogits, dims=([0], [0]))


def dBiasesOfFinalLayer(dLogits):
    return torch.mv(dLogits.T, torch.ones(dLogits.shape[0]))


def dHiddenLayerPreActivationStates(hiddenLayerPostActivationStates, dHiddenLayerPostActivationStates):
    h = hiddenLayerPostActivationStates
    return torch.addcmul(dHiddenLayerPostActivationStates, h * h, dHiddenLayerPostActivationStates, value=-1)


def dBatchGains(batchRawValue, dHiddenLayerPreActivationStates):
    return torch.bmm(batchRawValue.T.unsqueeze(1), dHiddenLayerPreActivationStates.T.unsqueeze(2)).view(1, -1)


def dBatchBiases(batchSize, dHiddenLayerPreActivationStates):
    return torch.ones(1, batchSize).mm(dHiddenLayerPreActivationStates)


def dBatchRawValue(batchGains, dHiddenLayerPreActivationStates):
    return dHiddenLayerPreActivationStates @ torch.diag(batchGains[0])


def dBatchVarianceInverse(batchDifference, dBatchRawValue):
    return torch.diagonal(batchDifference.T @ dBatchRawValue).unsqueeze(0)


def dBatchVariance(batchVariance, dBatchVarianceInverse):
    return torch.addcmul(torch.zeros_like(batchVariance), dBatchVarianceInverse, torch.rsqrt(batchVariance + 1e-5).pow(3), value=-0.5)


def dBatchDifferencePow2(batchSize, dBatchVariance):
    return torch.outer(torch.ones(batchSize), dBatchVariance.flatten()).div(batchSize - 1)


def dBatchDifference(batchDifference, batchVarianceInverse, dBatchDifferencePow2, dBatchRawValue):
    return torch.addcmul(batchVarianceInverse * dBatchRawValue, batchDifference, dBatchDifferencePow2, value=2.0)


def dBatchMeanAtIteration(batchSize, dBatchDifference):
    return torch.full((1, batchSize), -1.0) @ dBatchDifference


def dHiddenLayerPreBatchNormStates(batchSize, dBatchMeanAtIteration, dBatchDifference):
    return torch.addmm(dBatchDifference, torch.full((batchSize, 1), 1 / batchSize), dBatchMeanAtIteration)


def dConcatenatedEmbedding(weightsOfHiddenLayer, dHiddenLayerPreBatchNormStates):
    return F.linear(dHiddenLayerPreBatchNormStates, weightsOfHiddenLayer)


def dWeightsOfHiddenLayer(concatenatedEmbedding, dHiddenLayerPreBatchNormStates):
    return torch.tensordot(concatenatedEmbedding, dHiddenLayerPreBatchNormStates, dims=([0], [0]))


def dBiasesOfHiddenLayer(dHiddenLayerPreBatchNormStates):
    return torch.mv(dHiddenLayerPreBatchNormStates.T, torch.ones(len(dHiddenLayerPreBatchNormStates)))


def dEmbedding(embedding, dConcatenatedEmbedding):
    return torch.stack(dConcatenatedEmbedding.chunk(embedding.shape[1], dim=1), dim=1)


def dEmbeddingLookUpMatrix(embeddingLookUpMatrix, inputBatch, dEmbedding):
    return torch.tensordot(F.one_hot(inputBatch, len(embeddingLookUpMatrix)).float(), dEmbedding, dims=([0, 1], [0, 1]))


def dLogitsFast(logits, outputBatch, batchSize):
    return torch.sub(F.softmax(logits, dim=1), F.one_hot(outputBatch, logits.shape[1])) / batchSize


def dHiddenLayerPreBatchNormStatesFast(batchGains, batchVarianceInverse, batchRawValue, batchSize, dHiddenLayerPreActivationStates):
    g = dHiddenLayerPreActivationStates
    mean = g.mean(0, keepdim=True)
    slope = (g * batchRawValue).mean(0, keepdim=True) * batchSize / (batchSize - 1)
    return torch.addcmul(g - mean, batchRawValue, slope, value=-1).mul(batchGains).mul(batchVarianceInverse)
