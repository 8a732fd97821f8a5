# grade: nameweave/training
"""Exercise 4: put it together, and train

Write these functions, and run `grade` in this folder as often as you like; `grade train` then trains with them.

The names of a function's arguments say what it is given: any tensor of the forward pass, any size. Add or drop
arguments as you need them. Besides the numbers of the course, your functions are tried on other sizes, with other
data, and with a network that has been trained for a while.
"""

import torch
import torch.nn.functional as F


def backward(
    embeddingLookUpMatrix, weightsOfHiddenLayer, weightsOfFinalLayer, batchGains, inputBatch, outputBatch,
    concatenatedEmbedding, batchVarianceInverse, batchRawValue, hiddenLayerPostActivationStates, logits,
    batchSize,
):
    """Return the gradients of the loss with respect to all parameters, in this order or in a dictionary.

    Returns:  dEmbeddingLookUpMatrix  (vocabularySize, embeddingSize)
              dWeightsOfHiddenLayer   (blockSize * embeddingSize, hiddenSize)
              dBiasesOfHiddenLayer    (hiddenSize,)
              dWeightsOfFinalLayer    (hiddenSize, vocabularySize)
              dBiasesOfFinalLayer     (vocabularySize,)
              dBatchGains             (1, hiddenSize)
              dBatchBiases            (1, hiddenSize)

    Forward:  embedding = embeddingLookUpMatrix[inputBatch]
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

    Given:    embeddingLookUpMatrix            (vocabularySize, embeddingSize)
              weightsOfHiddenLayer             (blockSize * embeddingSize, hiddenSize)
              weightsOfFinalLayer              (hiddenSize, vocabularySize)
              batchGains                       (1, hiddenSize)
              inputBatch                       (batchSize, blockSize)
              outputBatch                      (batchSize,)
              concatenatedEmbedding            (batchSize, blockSize * embeddingSize)
              batchVarianceInverse             (1, hiddenSize)
              batchRawValue                    (batchSize, hiddenSize)
              hiddenLayerPostActivationStates  (batchSize, hiddenSize)
              logits                           (batchSize, vocabularySize)
              batchSize                        an integer

    For a hint on each of them, run: grade hint backward
    """
    raise NotImplementedError


def update(parameters, gradients, learning_rate):
    """Take one step of gradient descent for all parameters. You are given them as a list, and their gradients as
    another in the same order. Return the new parameters in that order, or change the given tensors in place and
    return nothing.

    It is tried in a short training run of 50 steps, together with `backward`.

    Given:    parameters     a list of tensors
              gradients      a list of tensors, in the same order
              learning_rate  a number

    Hint: Take a step of gradient descent: against the gradient, by the learning rate. Return the new
    parameters, or change the given ones in place.
    """
    raise NotImplementedError


def calibrate(embeddingLookUpMatrix, weightsOfHiddenLayer, biasesOfHiddenLayer, trainingInputs):
    """Compute, after training, the mean and variance of the hidden states before batch norm, over the whole
    training set. They take the place of the batch's own when there is no batch.

    Returns:  calibratedMean      (1, hiddenSize)
              calibratedVariance  (1, hiddenSize)

    Given:    embeddingLookUpMatrix  (vocabularySize, embeddingSize)
              weightsOfHiddenLayer   (blockSize * embeddingSize, hiddenSize)
              biasesOfHiddenLayer    (hiddenSize,)
              trainingInputs         (rows, blockSize)

    Hint: Compute everything up to the first matrix product, but for all rows of `trainingInputs` at once and
    not for the last batch.
    """
    raise NotImplementedError


def split_loss(
    embeddingLookUpMatrix, weightsOfHiddenLayer, biasesOfHiddenLayer, weightsOfFinalLayer, biasesOfFinalLayer,
    batchGains, batchBiases, calibratedMean, calibratedVariance, splitInputs, splitOutputs,
):
    """Compute the loss of the rows `splitInputs`, `splitOutputs`, which may come from any split: the forward pass
    with the calibrated mean and variance.

    Returns:  splitLoss  ()

    Given:    embeddingLookUpMatrix  (vocabularySize, embeddingSize)
              weightsOfHiddenLayer   (blockSize * embeddingSize, hiddenSize)
              biasesOfHiddenLayer    (hiddenSize,)
              weightsOfFinalLayer    (hiddenSize, vocabularySize)
              biasesOfFinalLayer     (vocabularySize,)
              batchGains             (1, hiddenSize)
              batchBiases            (1, hiddenSize)
              calibratedMean         (1, hiddenSize)
              calibratedVariance     (1, hiddenSize)
              splitInputs            (rows, blockSize)
              splitOutputs           (rows,)

    Hint: Run the forward pass on the rows you are given, with the calibrated mean and variance where a batch
    would have its own.
    """
    raise NotImplementedError


def sample(
    embeddingLookUpMatrix, weightsOfHiddenLayer, biasesOfHiddenLayer, weightsOfFinalLayer, biasesOfFinalLayer,
    batchGains, batchBiases, calibratedMean, calibratedVariance, blockSize, vocabulary, generator,
):
    """Draw one name. Start from a context of zeros, and draw one character after another with the network's
    probabilities (with the calibrated mean and variance), until you draw `.`

    Return it as a string that ends in `.`; `vocabulary[i]` is character number i, and `.` is number 0. Draw
    with the `generator`.

    Given:    embeddingLookUpMatrix  (vocabularySize, embeddingSize)
              weightsOfHiddenLayer   (blockSize * embeddingSize, hiddenSize)
              biasesOfHiddenLayer    (hiddenSize,)
              weightsOfFinalLayer    (hiddenSize, vocabularySize)
              biasesOfFinalLayer     (vocabularySize,)
              batchGains             (1, hiddenSize)
              batchBiases            (1, hiddenSize)
              calibratedMean         (1, hiddenSize)
              calibratedVariance     (1, hiddenSize)
              blockSize              an integer
              vocabulary             a string, one character for each index
              generator              a torch.Generator to draw with

    Hint: Start with a context of zeros. Compute the logits of the next character, draw it with
    torch.multinomial, and move the context on; stop at `.`
    """
    raise NotImplementedError
