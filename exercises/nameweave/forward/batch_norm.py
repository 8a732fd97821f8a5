# Embedding and first linear layer, as before
concatenatedEmbedding = embeddingLookUpMatrix[inputBatch].view(batchSize, -1)
hiddenLayerPreBatchNormStates = concatenatedEmbedding @ weightsOfHiddenLayer + biasesOfHiddenLayer

# Batch norm, in one go
batchMeanAtIteration = hiddenLayerPreBatchNormStates.mean(0, keepdims=True)
batchVariance = hiddenLayerPreBatchNormStates.var(0, keepdims=True, correction=1)
batchVarianceInverse = (batchVariance + 1e-5) ** -0.5
batchRawValue = (hiddenLayerPreBatchNormStates - batchMeanAtIteration) * batchVarianceInverse
hiddenLayerPreActivationStates = batchGains * batchRawValue + batchBiases

# The rest, as before
hiddenLayerPostActivationStates = torch.tanh(hiddenLayerPreActivationStates)
logits = hiddenLayerPostActivationStates @ weightsOfFinalLayer + biasesOfFinalLayer
loss = F.cross_entropy(logits, outputBatch)
