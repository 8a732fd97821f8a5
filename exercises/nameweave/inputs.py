# What the network starts from: its parameters and one batch.
# Given: the sizes, the rows of the training set, and one generator, so that everyone sees the same numbers.

embeddingLookUpMatrix = torch.randn((vocabularySize, embeddingSize), generator=generator)
weightsOfHiddenLayer = torch.randn((blockSize * embeddingSize, hiddenSize), generator=generator) * (5 / 3) / (blockSize * embeddingSize) ** 0.5
biasesOfHiddenLayer = torch.randn(hiddenSize, generator=generator) * 0.1
weightsOfFinalLayer = torch.randn((hiddenSize, vocabularySize), generator=generator) * 0.1
biasesOfFinalLayer = torch.randn(vocabularySize, generator=generator) * 0.1
batchGains = torch.randn((1, hiddenSize), generator=generator) * 0.1 + 1
batchBiases = torch.randn((1, hiddenSize), generator=generator) * 0.1
batchRows = torch.randint(0, trainingInputs.shape[0], (batchSize,), generator=generator)
inputBatch = trainingInputs[batchRows]
outputBatch = trainingOutputs[batchRows]
