# Everything as an Einstein sum: the letters say what is added up, and there is nothing to transpose.
# b batch, t place in the block, e embedding, i concatenated embedding, h hidden, v vocabulary
import torch
from torch import einsum


def dLogProbabilities(logProbabilities, outputBatch, batchSize, vocabularySize, dLoss):
    oneHot = torch.eye(vocabularySize)[outputBatch]
    return einsum(",bv->bv", -dLoss / batchSize, oneHot)


def dProbabilities(probabilities, dLogProbabilities):
    return einsum("bv,bv->bv", 1 / probabilities, dLogProbabilities)


def dSumCountsInverse(counts, dProbabilities):
    return einsum("bv,bv->b", counts, dProbabilities).unsqueeze(1)


def dSumCounts(sumCountsInverse, dSumCountsInverse):
    return -einsum("bo,bo,bo->bo", sumCountsInverse, sumCountsInverse, dSumCountsInverse)


def dCounts(counts, sumCountsInverse, dProbabilities, dSumCounts):
    direct = einsum("bo,bv->bv", sumCountsInverse, dProbabilities)
    throughTheSum = einsum("bo,v->bv", dSumCounts, torch.ones(counts.shape[1]))
    return direct + throughTheSum


def dNormalizedLogits(counts, dCounts):
    return einsum("bv,bv->bv", counts, dCounts)


def dMaxLogits(dNormalizedLogits):
    return -einsum("bv->b", dNormalizedLogits).reshape(-1, 1)


def dLogits(logits, dNormalizedLogits, dMaxLogits, vocabularySize):
    isMax = torch.eye(vocabularySize)[logits.argmax(1)]
    return dNormalizedLogits + einsum("bv,bo->bv", isMax, dMaxLogits)


def dHiddenLayerPostActivationStates(weightsOfFinalLayer, dLogits):
    return einsum("hv,bv->bh", weightsOfFinalLayer, dLogits)


def dWeightsOfFinalLayer(hiddenLayerPostActivationStates, dLogits):
    return einsum("bh,bv->hv", hiddenLayerPostActivationStates, dLogits)


def dBiasesOfFinalLayer(dLogits):
    return einsum("bv->v", dLogits)


def dHiddenLayerPreActivationStates(hiddenLayerPostActivationStates, dHiddenLayerPostActivationStates):
    h = hiddenLayerPostActivationStates
    return dHiddenLayerPostActivationStates - einsum("bh,bh,bh->bh", h, h, dHiddenLayerPostActivationStates)


def dBatchGains(batchRawValue, dHiddenLayerPreActivationStates):
    return einsum("bh,bh->h", batchRawValue, dHiddenLayerPreActivationStates)[None, :]


def dBatchBiases(dHiddenLayerPreActivationStates):
    return einsum("bh->h", dHiddenLayerPreActivationStates)[None, :]


def dBatchRawValue(batchGains, dHiddenLayerPreActivationStates):
    return einsum("oh,bh->bh", batchGains, dHiddenLayerPreActivationStates)


def dBatchVarianceInverse(batchDifference, dBatchRawValue):
    return einsum("bh,bh->h", batchDifference, dBatchRawValue)[None, :]


def dBatchVariance(batchVarianceInverse, dBatchVarianceInverse):
    i = batchVarianceInverse
    return einsum("oh,oh,oh,oh->oh", i, i, i, -dBatchVarianceInverse / 2)


def dBatchDifferencePow2(batchSize, dBatchVariance):
    return einsum("b,oh->bh", torch.full((batchSize,), 1 / (batchSize - 1)), dBatchVariance)


def dBatchDifference(batchDifference, batchVarianceInverse, dBatchDifferencePow2, dBatchRawValue):
    throughTheSquare = 2 * einsum("bh,bh->bh", batchDifference, dBatchDifferencePow2)
    return throughTheSquare + einsum("oh,bh->bh", batchVarianceInverse, dBatchRawValue)


def dBatchMeanAtIteration(dBatchDifference):
    return einsum("bh->h", -dBatchDifference)[None, :]


def dHiddenLayerPreBatchNormStates(batchSize, dBatchMeanAtIteration, dBatchDifference):
    return dBatchDifference + einsum("b,oh->bh", torch.ones(batchSize) / batchSize, dBatchMeanAtIteration)


def dConcatenatedEmbedding(weightsOfHiddenLayer, dHiddenLayerPreBatchNormStates):
    return einsum("ih,bh->bi", weightsOfHiddenLayer, dHiddenLayerPreBatchNormStates)


def dWeightsOfHiddenLayer(concatenatedEmbedding, dHiddenLayerPreBatchNormStates):
    return einsum("bi,bh->ih", concatenatedEmbedding, dHiddenLayerPreBatchNormStates)


def dBiasesOfHiddenLayer(dHiddenLayerPreBatchNormStates):
    return einsum("bh->h", dHiddenLayerPreBatchNormStates)


def dEmbedding(dConcatenatedEmbedding, blockSize, embeddingSize):
    return dConcatenatedEmbedding.unflatten(1, (blockSize, embeddingSize))


def dEmbeddingLookUpMatrix(inputBatch, dEmbedding, vocabularySize):
    lookedUp = torch.eye(vocabularySize)[inputBatch]
    return einsum("btv,bte->ve", lookedUp, dEmbedding)


def dLogitsFast(logits, outputBatch, batchSize, vocabularySize):
    e = torch.exp(logits)
    softmax = einsum("bv,b->bv", e, 1 / einsum("bv->b", e))
    return (softmax - torch.eye(vocabularySize)[outputBatch]) / batchSize


def dHiddenLayerPreBatchNormStatesFast(batchGains, batchVarianceInverse, batchRawValue, batchSize, dHiddenLayerPreActivationStates):
    g = einsum("oh,bh->bh", batchGains * batchVarianceInverse, dHiddenLayerPreActivationStates)
    mean = einsum("bh->h", g) / batchSize
    projection = einsum("bh,bh,ch->ch", g, batchRawValue, batchRawValue) / (batchSize - 1)
    return g - mean - projection
