# grade: nameweave/training
import torch
import torch.nn.functional as F


def backward(
    embeddingLookUpMatrix, weightsOfHiddenLayer, weightsOfFinalLayer, batchGains, inputBatch, outputBatch,
    concatenatedEmbedding, batchVarianceInverse, batchRawValue, hiddenLayerPostActivationStates, logits, batchSize,
):
    # cross entropy
    dLogits = F.softmax(logits, 1)
    dLogits[torch.arange(batchSize), outputBatch] -= 1
    dLogits /= batchSize
    # final layer and tanh
    dWeightsOfFinalLayer = hiddenLayerPostActivationStates.T @ dLogits
    dBiasesOfFinalLayer = dLogits.sum(0)
    dStates = (1 - hiddenLayerPostActivationStates ** 2) * (dLogits @ weightsOfFinalLayer.T)
    # batch norm
    dBatchGains = (batchRawValue * dStates).sum(0, keepdim=True)
    dBatchBiases = dStates.sum(0, keepdim=True)
    dStates = batchGains * batchVarianceInverse * (
        dStates - (dBatchBiases + batchRawValue * dBatchGains * batchSize / (batchSize - 1)) / batchSize
    )
    # hidden layer and embedding
    dWeightsOfHiddenLayer = concatenatedEmbedding.T @ dStates
    dBiasesOfHiddenLayer = dStates.sum(0)
    dEmbedding = (dStates @ weightsOfHiddenLayer.T).view(-1, embeddingLookUpMatrix.shape[1])
    dEmbeddingLookUpMatrix = torch.zeros_like(embeddingLookUpMatrix).index_add_(0, inputBatch.view(-1), dEmbedding)
    return (
        dEmbeddingLookUpMatrix, dWeightsOfHiddenLayer, dBiasesOfHiddenLayer, dWeightsOfFinalLayer,
        dBiasesOfFinalLayer, dBatchGains, dBatchBiases,
    )


def update(parameters, gradients, learning_rate):
    return [parameter - learning_rate * gradient for parameter, gradient in zip(parameters, gradients)]


def calibrate(embeddingLookUpMatrix, weightsOfHiddenLayer, biasesOfHiddenLayer, trainingInputs):
    embedding = embeddingLookUpMatrix[trainingInputs].view(trainingInputs.shape[0], -1)
    states = embedding @ weightsOfHiddenLayer + biasesOfHiddenLayer
    return states.mean(0, keepdim=True), states.var(0, keepdim=True, correction=1)


def split_loss(
    embeddingLookUpMatrix, weightsOfHiddenLayer, biasesOfHiddenLayer, weightsOfFinalLayer, biasesOfFinalLayer,
    batchGains, batchBiases, calibratedMean, calibratedVariance, splitInputs, splitOutputs,
):
    embedding = embeddingLookUpMatrix[splitInputs].view(splitInputs.shape[0], -1)
    states = embedding @ weightsOfHiddenLayer + biasesOfHiddenLayer
    raw = (states - calibratedMean) * (calibratedVariance + 1e-5) ** -0.5
    logits = torch.tanh(batchGains * raw + batchBiases) @ weightsOfFinalLayer + biasesOfFinalLayer
    return F.cross_entropy(logits, splitOutputs)


def sample(
    embeddingLookUpMatrix, weightsOfHiddenLayer, biasesOfHiddenLayer, weightsOfFinalLayer, biasesOfFinalLayer,
    batchGains, batchBiases, calibratedMean, calibratedVariance, blockSize, vocabulary, generator,
):
    context, name = [0] * blockSize, ""
    while not name.endswith("."):
        embedding = embeddingLookUpMatrix[torch.tensor([context])].view(1, -1)
        states = embedding @ weightsOfHiddenLayer + biasesOfHiddenLayer
        raw = (states - calibratedMean) * (calibratedVariance + 1e-5) ** -0.5
        logits = torch.tanh(batchGains * raw + batchBiases) @ weightsOfFinalLayer + biasesOfFinalLayer
        character = torch.multinomial(F.softmax(logits, 1), 1, generator=generator).item()
        context, name = [*context[1:], character], name + vocabulary[character]
    return name
