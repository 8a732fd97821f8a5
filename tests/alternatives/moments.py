# Someone who trusts no temporary: means, variances and softmaxes are computed again from what came in.
import torch


def dLogProbabilities(logits, outputBatch):
    d = torch.zeros(logits.shape)
    d[torch.arange(len(outputBatch)), outputBatch] = -1 / len(outputBatch)
    return d


def dProbabilities(logits, dLogProbabilities):
    return dLogProbabilities / torch.softmax(logits, 1)


def dSumCountsInverse(logits, dProbabilities):
    counts = (logits - logits.amax(1, keepdim=True)).exp()
    return (counts * dProbabilities).sum(1, keepdim=True)


def dSumCounts(logits, dSumCountsInverse):
    total = (logits - logits.amax(1, keepdim=True)).exp().sum(1, keepdim=True)
    return -dSumCountsInverse / total ** 2


def dCounts(logits, dProbabilities, dSumCounts):
    total = (logits - logits.amax(1, keepdim=True)).exp().sum(1, keepdim=True)
    return dProbabilities / total + dSumCounts


def dNormalizedLogits(logits, dCounts):
    return dCounts * (logits - logits.amax(1, keepdim=True)).exp()


def dMaxLogits(dNormalizedLogits, vocabularySize):
    return -vocabularySize * dNormalizedLogits.mean(1, keepdim=True)


def dLogits(logits, dNormalizedLogits, dMaxLogits, vocabularySize):
    best = torch.topk(logits, 1, dim=1).indices
    return dNormalizedLogits + dMaxLogits * (torch.arange(vocabularySize) == best)


def dHiddenLayerPostActivationStates(weightsOfFinalLayer, dLogits):
    return dLogits @ weightsOfFinalLayer.t()


def dWeightsOfFinalLayer(hiddenLayerPreActivationStates, dLogits):
    return torch.tanh(hiddenLayerPreActivationStates).t() @ dLogits


def dBiasesOfFinalLayer(dLogits, batchSize):
    return dLogits.mean(0) * batchSize


def dHiddenLayerPreActivationStates(hiddenLayerPreActivationStates, dHiddenLayerPostActivationStates):
    return (1 - torch.tanh(hiddenLayerPreActivationStates) ** 2) * dHiddenLayerPostActivationStates


def normalised(x):
    """The usual way to normalise, with E[x^2] - E[x]^2 for the variance."""
    n = len(x)
    mean = x.mean(0, keepdim=True)
    variance = ((x ** 2).mean(0, keepdim=True) - mean ** 2) * n / (n - 1)
    return (x - mean) / torch.sqrt(variance + 1e-5)


def dBatchGains(hiddenLayerPreBatchNormStates, dHiddenLayerPreActivationStates):
    return (normalised(hiddenLayerPreBatchNormStates) * dHiddenLayerPreActivationStates).sum(0, keepdim=True)


def dBatchBiases(dHiddenLayerPreActivationStates, batchSize):
    return batchSize * dHiddenLayerPreActivationStates.mean(0, keepdim=True)


def dBatchRawValue(batchGains, dHiddenLayerPreActivationStates):
    return dHiddenLayerPreActivationStates * batchGains


def dBatchVarianceInverse(hiddenLayerPreBatchNormStates, dBatchRawValue):
    x = hiddenLayerPreBatchNormStates
    return ((x - x.mean(0)) * dBatchRawValue).sum(0, keepdim=True)


def dBatchVariance(hiddenLayerPreBatchNormStates, batchSize, dBatchVarianceInverse):
    x = hiddenLayerPreBatchNormStates
    variance = ((x ** 2).mean(0, keepdim=True) - x.mean(0, keepdim=True) ** 2) * batchSize / (batchSize - 1)
    return -0.5 * (variance + 1e-5) ** -1.5 * dBatchVarianceInverse


def dBatchDifferencePow2(hiddenLayerPreBatchNormStates, dBatchVariance):
    n = hiddenLayerPreBatchNormStates.shape[0]
    return torch.ones_like(hiddenLayerPreBatchNormStates) * dBatchVariance / (n - 1)


def dBatchDifference(hiddenLayerPreBatchNormStates, dBatchDifferencePow2, dBatchRawValue):
    x = hiddenLayerPreBatchNormStates
    deviation = (torch.var(x, 0, keepdim=True) + 1e-5).sqrt()
    return 2 * (x - x.mean(0)) * dBatchDifferencePow2 + dBatchRawValue / deviation


def dBatchMeanAtIteration(dBatchDifference, batchSize):
    return -batchSize * dBatchDifference.mean(0, keepdim=True)


def dHiddenLayerPreBatchNormStates(dBatchMeanAtIteration, dBatchDifference):
    return dBatchDifference + dBatchMeanAtIteration / len(dBatchDifference)


def dConcatenatedEmbedding(weightsOfHiddenLayer, dHiddenLayerPreBatchNormStates):
    return dHiddenLayerPreBatchNormStates @ weightsOfHiddenLayer.t()


def dWeightsOfHiddenLayer(embeddingLookUpMatrix, inputBatch, dHiddenLayerPreBatchNormStates):
    return embeddingLookUpMatrix[inputBatch].flatten(1).t() @ dHiddenLayerPreBatchNormStates


def dBiasesOfHiddenLayer(dHiddenLayerPreBatchNormStates, batchSize):
    return dHiddenLayerPreBatchNormStates.mean(0) * batchSize


def dEmbedding(inputBatch, embeddingLookUpMatrix, dConcatenatedEmbedding):
    return dConcatenatedEmbedding.reshape(*inputBatch.shape, embeddingLookUpMatrix.shape[1])


def dEmbeddingLookUpMatrix(embeddingLookUpMatrix, inputBatch, dEmbedding):
    count = torch.nn.functional.one_hot(inputBatch, embeddingLookUpMatrix.shape[0]).to(dEmbedding.dtype)
    return count.flatten(0, 1).t() @ dEmbedding.flatten(0, 1)


def dLogitsFast(logits, outputBatch):
    n, v = logits.shape
    return (torch.log_softmax(logits, 1).exp() - torch.nn.functional.one_hot(outputBatch, v)) / n


def dHiddenLayerPreBatchNormStatesFast(hiddenLayerPreBatchNormStates, batchGains, dHiddenLayerPreActivationStates):
    x, g = hiddenLayerPreBatchNormStates, dHiddenLayerPreActivationStates * batchGains
    n = len(x)
    z = normalised(x)
    variance = ((x ** 2).mean(0) - x.mean(0) ** 2) * n / (n - 1)
    return (g - g.mean(0) - z * (g * z).sum(0) / (n - 1)) / torch.sqrt(variance + 1e-5)
