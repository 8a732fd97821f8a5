# my backward pass, line by line
import torch
import torch.nn.functional as F

table = torch.zeros(vocabularySize, batchSize)
table[outputBatch, torch.arange(batchSize)] = -1 * batchSize
dLogProbabilities = table.t()

slope = torch.diag_embed(1 / probabilities)
dProbabilities = (slope @ dLogProbabilities.unsqueeze(-1)).squeeze(-1)

dSumCountsInverse = (counts * dProbabilities).sum(1, keepdim=True)

shifted = logits - logits.amax(1, keepdim=True)
totals = shifted.exp().sum(1, keepdim=True)
dSumCounts = -dSumCountsInverse / totals ** 2

dCounts = sumCountsInverse * dProbabilities
dCounts += torch.ones_like(counts) * dSumCounts

dNormalizedLogits = counts * dCounts
dMaxLogits = (-dNormalizedLogits).sum(1, keepdim=True)

hot = torch.eye(vocabularySize)[logits.argmax(1)]
dLogits = torch.einsum("bv,bo->bv", hot, dMaxLogits) + dNormalizedLogits

dHiddenLayerPostActivationStates = (1 - hiddenLayerPostActivationStates ** 2) * (dLogits @ weightsOfFinalLayer.T)
dWeightsOfFinalLayer = hiddenLayerPostActivationStates.T @ dLogits
dBiasesOfFinalLayer = dLogits.sum(0)

dHiddenLayerPreActivationStates = 1 - hiddenLayerPostActivationStates

dBatchGains = (batchRawValue * dHiddenLayerPreActivationStates).sum(0, keepdim=True)[None]
dBatchBiases = dHiddenLayerPreActivationStates.sum(0, keepdim=True)
dBatchRawValue = batchGains * dHiddenLayerPreActivationStates

dBatchVarianceInverse = torch.diagonal(batchDifference.T @ dBatchRawValue)[None]
variance = batchVariance.squeeze(0) + 1e-5
dBatchVariance = (variance ** -1.5 * dBatchVarianceInverse.squeeze(0) * -0.5).expand(1, -1)
dBatchDifferencePow2 = torch.full_like(batchDifferencePow2, 1 / (batchSize - 1))

spread = batchVarianceInverse.expand(batchDifference.shape)
dBatchDifference = (batchDifference + batchDifference) * dBatchDifferencePow2
dBatchDifference += spread * dBatchRawValue

dBatchMeanAtIteration = (-1 * dBatchDifference).sum(axis=0, keepdims=True)
dHiddenLayerPreBatchNormStates = dBatchDifference + dBatchMeanAtIteration / batchSize

dConcatenatedEmbedding = torch.zeros_like(concatenatedEmbedding)
for row in range(len(dConcatenatedEmbedding)):
    dConcatenatedEmbedding[row] = weightsOfHiddenLayer @ dHiddenLayerPreBatchNormStates[row]

dWeightsOfHiddenLayer = concatenatedEmbedding.T @ dHiddenLayerPreBatchNormStates
dBiasesOfHiddenLayer = dHiddenLayerPreBatchNormStates.sum(0)
dEmbedding = dConcatenatedEmbedding.view(embedding.shape)

dEmbeddingLookUpMatrix = torch.zeros_like(embeddingLookUpMatrix)
dEmbeddingLookUpMatrix.index_put_((inputBatch,), dEmbedding, accumulate=True)

right = outputBatch.view(-1, 1) == torch.arange(logits.shape[1])
soft = logits.softmax(dim=1)
dLogitsFast = torch.where(right, soft - 1, soft) / batchSize

up = dHiddenLayerPreActivationStates
dHiddenLayerPreBatchNormStatesFast = batchGains * batchVarianceInverse / batchSize * (
    batchSize * up - up.sum(0) - batchSize / (batchSize - 1) * batchRawValue * (up * batchRawValue).sum(0)
)
