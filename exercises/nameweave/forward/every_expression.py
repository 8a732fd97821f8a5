# Embedding and first linear layer
embedding = embeddingLookUpMatrix[inputBatch]
concatenatedEmbedding = embedding.view(embedding.shape[0], -1)
hiddenLayerPreBatchNormStates = concatenatedEmbedding @ weightsOfHiddenLayer + biasesOfHiddenLayer

# Batch norm
batchMeanAtIteration = 1 / batchSize * hiddenLayerPreBatchNormStates.sum(0, keepdims=True)
batchDifference = hiddenLayerPreBatchNormStates - batchMeanAtIteration
batchDifferencePow2 = batchDifference ** 2
batchVariance = 1 / (batchSize - 1) * batchDifferencePow2.sum(0, keepdims=True)
batchVarianceInverse = (batchVariance + 1e-5) ** -0.5
batchRawValue = batchDifference * batchVarianceInverse
hiddenLayerPreActivationStates = batchGains * batchRawValue + batchBiases

# Non-linearity and second linear layer
hiddenLayerPostActivationStates = torch.tanh(hiddenLayerPreActivationStates)
logits = hiddenLayerPostActivationStates @ weightsOfFinalLayer + biasesOfFinalLayer

# Cross entropy
maxLogits = logits.max(1, keepdims=True).values
normalizedLogits = logits - maxLogits
counts = normalizedLogits.exp()
sumCounts = counts.sum(1, keepdims=True)
sumCountsInverse = sumCounts ** -1
probabilities = counts * sumCountsInverse
logProbabilities = probabilities.log()
loss = -logProbabilities[torch.arange(batchSize), outputBatch].mean()
