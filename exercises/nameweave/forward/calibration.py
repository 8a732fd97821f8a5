# After training: mean and variance of the hidden states over the whole training set, in place of a batch's own
calibrationEmbedding = embeddingLookUpMatrix[trainingInputs].view(trainingInputs.shape[0], -1)
calibrationStates = calibrationEmbedding @ weightsOfHiddenLayer + biasesOfHiddenLayer
calibratedMean = calibrationStates.mean(0, keepdims=True)
calibratedVariance = calibrationStates.var(0, keepdims=True, correction=1)
