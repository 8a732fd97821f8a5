# attack: give the parameters themselves back
# exercise: training
# stages: backward.dEmbeddingLookUpMatrix, backward.dWeightsOfHiddenLayer, backward.dWeightsOfFinalLayer, backward.dBiasesOfFinalLayer, backward.dBatchGains, backward.dBatchBiases, backward.dBiasesOfHiddenLayer
# becomes: wrong, clean

def backward(embeddingLookUpMatrix, weightsOfHiddenLayer, biasesOfHiddenLayer, weightsOfFinalLayer, biasesOfFinalLayer, batchGains, batchBiases):
    return [embeddingLookUpMatrix, weightsOfHiddenLayer, biasesOfHiddenLayer, weightsOfFinalLayer, biasesOfFinalLayer, batchGains, batchBiases]
