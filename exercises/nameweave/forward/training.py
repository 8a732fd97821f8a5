# The whole network, in as few lines as one would train it with
embedding = embeddingLookUpMatrix[inputBatch]
concatenatedEmbedding = embedding.view(embedding.shape[0], -1)
hiddenLayerPreBatchNormStates = concatenatedEmbedding @ weightsOfHiddenLayer + biasesOfHiddenLayer
batchMean = hiddenLayerPreBatchNormStates.mean(0, keepdims=True)
batchVariance = hiddenLayerPreBatchNormStates.var(0, keepdims=True, correction=1)
batchVarianceInverse = (batchVariance + 1e-5) ** -0.5
batchRawValue = (hiddenLayerPreBatchNormStates - batchMean) * batchVarianceInverse
hiddenLayerPreActivationStates = batchGains * batchRawValue + batchBiases
hiddenLayerPostActivationStates = torch.tanh(hiddenLayerPreActivationStates)
logits = hiddenLayerPostActivationStates @ weightsOfFinalLayer + biasesOfFinalLayer
loss = F.cross_entropy(logits, outputBatch)
