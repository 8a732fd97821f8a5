# As in the textbook: every step is a linear map, so write its Jacobian down as a matrix and multiply by its transpose.
import torch


def dLogProbabilities(vocabularySize, outputBatch, batchSize):
    selects = torch.eye(vocabularySize)[outputBatch]
    return selects * (-1 / batchSize)


def dProbabilities(probabilities, dLogProbabilities):
    J = torch.diag_embed(1 / probabilities)
    return (J @ dLogProbabilities.unsqueeze(-1)).squeeze(-1)


def dSumCountsInverse(counts, dProbabilities):
    J = counts.unsqueeze(-1)
    return (J.transpose(1, 2) @ dProbabilities.unsqueeze(-1)).squeeze(-1)


def dSumCounts(sumCounts, dSumCountsInverse):
    J = torch.diag(-1 / sumCounts.flatten() ** 2)
    return J.T @ dSumCountsInverse


def dCounts(counts, sumCountsInverse, dProbabilities, dSumCounts):
    n, v = counts.shape
    J1 = sumCountsInverse.unsqueeze(-1) * torch.eye(v)
    J2 = torch.ones(n, 1, v)
    d1 = J1.transpose(1, 2) @ dProbabilities.unsqueeze(-1)
    d2 = J2.transpose(1, 2) @ dSumCounts.unsqueeze(-1)
    return (d1 + d2).squeeze(-1)


def dNormalizedLogits(counts, dCounts):
    J = torch.diag_embed(counts)
    return torch.matmul(J, dCounts[..., None])[..., 0]


def dMaxLogits(vocabularySize, dNormalizedLogits):
    J = -torch.ones(vocabularySize, 1)
    return dNormalizedLogits @ J


def dLogits(logits, vocabularySize, dNormalizedLogits, dMaxLogits):
    I = torch.eye(vocabularySize)
    J = I[logits.argmax(1)].unsqueeze(1)
    return dNormalizedLogits @ I + (dMaxLogits.unsqueeze(1) @ J).squeeze(1)


def dHiddenLayerPostActivationStates(weightsOfFinalLayer, dLogits):
    return dLogits.matmul(weightsOfFinalLayer.transpose(0, 1))


def dWeightsOfFinalLayer(hiddenLayerPostActivationStates, dLogits):
    perSample = hiddenLayerPostActivationStates.unsqueeze(2) @ dLogits.unsqueeze(1)
    return perSample.sum(dim=0)


def dBiasesOfFinalLayer(batchSize, dLogits):
    return torch.ones(batchSize) @ dLogits


def dHiddenLayerPreActivationStates(hiddenLayerPostActivationStates, dHiddenLayerPostActivationStates):
    J = torch.diag_embed(1 - hiddenLayerPostActivationStates.pow(2))
    return (J @ dHiddenLayerPostActivationStates.unsqueeze(-1)).squeeze(-1)


def dBatchGains(batchSize, batchRawValue, dHiddenLayerPreActivationStates):
    return torch.ones(1, batchSize) @ (batchRawValue * dHiddenLayerPreActivationStates)


def dBatchBiases(batchSize, dHiddenLayerPreActivationStates):
    return torch.ones(1, batchSize) @ dHiddenLayerPreActivationStates


def dBatchRawValue(batchGains, dHiddenLayerPreActivationStates):
    J = torch.diag(batchGains.flatten())
    return dHiddenLayerPreActivationStates @ J


def dBatchVarianceInverse(batchSize, batchDifference, dBatchRawValue):
    return torch.ones(1, batchSize) @ (batchDifference * dBatchRawValue)


def dBatchVariance(batchVariance, dBatchVarianceInverse):
    J = torch.diag(-0.5 * (batchVariance.flatten() + 1e-5) ** (-3 / 2))
    return dBatchVarianceInverse @ J


def dBatchDifferencePow2(batchSize, dBatchVariance):
    J = torch.ones(1, batchSize) / (batchSize - 1)
    return J.T @ dBatchVariance


def dBatchDifference(batchDifference, batchVarianceInverse, dBatchDifferencePow2, dBatchRawValue):
    J1 = torch.diag_embed(2 * batchDifference)
    J2 = torch.diag(batchVarianceInverse[0])
    return (J1 @ dBatchDifferencePow2.unsqueeze(-1)).squeeze(-1) + dBatchRawValue @ J2


def dBatchMeanAtIteration(batchSize, dBatchDifference):
    J = -torch.ones(batchSize, 1)
    return J.T @ dBatchDifference


def dHiddenLayerPreBatchNormStates(batchSize, dBatchMeanAtIteration, dBatchDifference):
    J1 = torch.eye(batchSize)
    J2 = torch.full((1, batchSize), 1 / batchSize)
    return J1.T @ dBatchDifference + J2.T @ dBatchMeanAtIteration


def dConcatenatedEmbedding(weightsOfHiddenLayer, dHiddenLayerPreBatchNormStates):
    return dHiddenLayerPreBatchNormStates.matmul(weightsOfHiddenLayer.transpose(0, 1))


def dWeightsOfHiddenLayer(concatenatedEmbedding, dHiddenLayerPreBatchNormStates):
    perSample = concatenatedEmbedding.unsqueeze(2) @ dHiddenLayerPreBatchNormStates.unsqueeze(1)
    return perSample.sum(dim=0)


def dBiasesOfHiddenLayer(batchSize, dHiddenLayerPreBatchNormStates):
    return torch.ones(batchSize) @ dHiddenLayerPreBatchNormStates


def dEmbedding(batchSize, blockSize, embeddingSize, dConcatenatedEmbedding):
    places = torch.eye(blockSize * embeddingSize).view(blockSize, embeddingSize, -1)
    return (places @ dConcatenatedEmbedding.T).permute(2, 0, 1)


def dEmbeddingLookUpMatrix(vocabularySize, inputBatch, dEmbedding):
    J = torch.eye(vocabularySize)[inputBatch]
    return (J.transpose(1, 2) @ dEmbedding).sum(0)


def dLogitsFast(logits, outputBatch, batchSize, vocabularySize):
    # the Jacobian of the softmax, and through it the gradient of the mean of -log p
    p = torch.softmax(logits, 1)
    J = torch.diag_embed(p) - p.unsqueeze(2) * p.unsqueeze(1)
    dP = -torch.eye(vocabularySize)[outputBatch] / p / batchSize
    return (J @ dP.unsqueeze(2)).squeeze(2)


def dHiddenLayerPreBatchNormStatesFast(batchGains, batchVarianceInverse, batchRawValue, batchSize, dHiddenLayerPreActivationStates):
    # one Jacobian per hidden unit: centre, then take away what lies along the normalised column
    x = batchRawValue.T
    centre = torch.eye(batchSize) - torch.full((batchSize, batchSize), 1 / batchSize)
    J = centre - x.unsqueeze(2) * x.unsqueeze(1) / (batchSize - 1)
    J = J * (batchGains * batchVarianceInverse).T.unsqueeze(2)
    return (J @ dHiddenLayerPreActivationStates.T.unsqueeze(2)).squeeze(2).T
