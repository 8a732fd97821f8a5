# The trained network, with the calibrated mean and variance: the loss of any rows, or what comes after one context
splitEmbedding = embeddingLookUpMatrix[splitInputs].view(splitInputs.shape[0], -1)
splitStates = splitEmbedding @ weightsOfHiddenLayer + biasesOfHiddenLayer
splitRawValue = (splitStates - calibratedMean) * (calibratedVariance + 1e-5) ** -0.5
splitActivations = torch.tanh(batchGains * splitRawValue + batchBiases)
splitLogits = splitActivations @ weightsOfFinalLayer + biasesOfFinalLayer
splitLoss = F.cross_entropy(splitLogits, splitOutputs)
