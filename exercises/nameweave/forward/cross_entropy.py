# Everything up to the logits, as before
concatenatedEmbedding = embeddingLookUpMatrix[inputBatch].view(batchSize, -1)
hiddenLayerPreBatchNormStates = concatenatedEmbedding @ weightsOfHiddenLayer + biasesOfHiddenLayer
batchMean = hiddenLayerPreBatchNormStates.mean(0, keepdims=True)
batchVariance = hiddenLayerPreBatchNormStates.var(0, keepdims=True, correction=1)
batchRawValue = (hiddenLayerPreBatchNormStates - batchMean) * (batchVariance + 1e-5) ** -0.5
hiddenLayerPostActivationStates = torch.tanh(batchGains * batchRawValue + batchBiases)
logits = hiddenLayerPostActivationStates @ weightsOfFinalLayer + biasesOfFinalLayer

# Cross entropy, in one go
loss = F.cross_entropy(logits, outputBatch)
