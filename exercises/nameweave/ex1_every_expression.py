# grade: nameweave/every-expression
"""Exercise 1: every expression

Write one gradient per function, and run `grade` in this folder as often as you like.

The names of a function's arguments say what it is given: any tensor of the forward pass, any size, and the gradients
of the tensors that its own tensor feeds into. Add or drop arguments as you need them. Besides the numbers of the
course, your functions are tried on other sizes and data and with arbitrary upstream gradients, so write each rule for
any input: no typed-in sizes, and nothing that only holds for this loss.
"""

import torch


def dLogProbabilities(logProbabilities, batchSize, outputBatch):
    """Gradient of the loss with respect to `logProbabilities`, shape (batchSize, vocabularySize).

    Forward:  loss = -logProbabilities[torch.arange(batchSize), outputBatch].mean()

    Given:    logProbabilities  (batchSize, vocabularySize)
              batchSize         an integer
              outputBatch       (batchSize,)

    Hint: The loss reads only one entry of each row. What is the derivative of a mean with respect to one of the
    numbers in it, and what is it for the entries nobody reads?
    """
    raise NotImplementedError


def dProbabilities(probabilities, dLogProbabilities):
    """Gradient of the loss with respect to `probabilities`, shape (batchSize, vocabularySize).

    Forward:  logProbabilities = probabilities.log()

    Given:    probabilities      (batchSize, vocabularySize)
              dLogProbabilities  (batchSize, vocabularySize)

    Hint: The logarithm acts on each element on its own. Multiply its derivative by the gradient from above.
    """
    raise NotImplementedError


def dSumCountsInverse(sumCountsInverse, counts, dProbabilities):
    """Gradient of the loss with respect to `sumCountsInverse`, shape (batchSize, 1).

    Forward:  probabilities = counts * sumCountsInverse

    Given:    sumCountsInverse  (batchSize, 1)
              counts            (batchSize, vocabularySize)
              dProbabilities    (batchSize, vocabularySize)

    Hint: One number per row was broadcast along the row. What broadcasting copies on the way forward is added
    up on the way back.
    """
    raise NotImplementedError


def dSumCounts(sumCounts, dSumCountsInverse):
    """Gradient of the loss with respect to `sumCounts`, shape (batchSize, 1).

    Forward:  sumCountsInverse = sumCounts ** -1

    Given:    sumCounts          (batchSize, 1)
              dSumCountsInverse  (batchSize, 1)

    Hint: Use the power rule, with exponent −1.
    """
    raise NotImplementedError


def dCounts(counts, sumCountsInverse, dSumCounts, dProbabilities):
    """Gradient of the loss with respect to `counts`, shape (batchSize, vocabularySize).

    Forward:  sumCounts = counts.sum(1, keepdims=True)
              probabilities = counts * sumCountsInverse

    Given:    counts            (batchSize, vocabularySize)
              sumCountsInverse  (batchSize, 1)
              dSumCounts        (batchSize, 1)
              dProbabilities    (batchSize, vocabularySize)

    Hint: `counts` is used in two lines. Each use sends a gradient back, and the two add up.
    """
    raise NotImplementedError


def dNormalizedLogits(normalizedLogits, counts, dCounts):
    """Gradient of the loss with respect to `normalizedLogits`, shape (batchSize, vocabularySize).

    Forward:  counts = normalizedLogits.exp()

    Given:    normalizedLogits  (batchSize, vocabularySize)
              counts            (batchSize, vocabularySize)
              dCounts           (batchSize, vocabularySize)

    Hint: The exponential is its own derivative, and its value is already there under another name.
    """
    raise NotImplementedError


def dMaxLogits(maxLogits, logits, dNormalizedLogits):
    """Gradient of the loss with respect to `maxLogits`, shape (batchSize, 1).

    Forward:  normalizedLogits = logits - maxLogits

    Given:    maxLogits          (batchSize, 1)
              logits             (batchSize, vocabularySize)
              dNormalizedLogits  (batchSize, vocabularySize)

    Hint: It is subtracted from every element of its row. Mind the sign, and add up what was broadcast.
    """
    raise NotImplementedError


def dLogits(logits, maxLogits, dMaxLogits, dNormalizedLogits):
    """Gradient of the loss with respect to `logits`, shape (batchSize, vocabularySize).

    Forward:  maxLogits = logits.max(1, keepdims=True).values
              normalizedLogits = logits - maxLogits

    Given:    logits             (batchSize, vocabularySize)
              maxLogits          (batchSize, 1)
              dMaxLogits         (batchSize, 1)
              dNormalizedLogits  (batchSize, vocabularySize)

    Hint: There are two uses: the subtraction and the maximum. The maximum passes its gradient only to the
    largest element of the row.
    """
    raise NotImplementedError


def dHiddenLayerPostActivationStates(
    hiddenLayerPostActivationStates, weightsOfFinalLayer, biasesOfFinalLayer, dLogits,
):
    """Gradient of the loss with respect to `hiddenLayerPostActivationStates`, shape (batchSize, hiddenSize).

    Forward:  logits = hiddenLayerPostActivationStates @ weightsOfFinalLayer + biasesOfFinalLayer

    Given:    hiddenLayerPostActivationStates  (batchSize, hiddenSize)
              weightsOfFinalLayer              (hiddenSize, vocabularySize)
              biasesOfFinalLayer               (vocabularySize,)
              dLogits                          (batchSize, vocabularySize)

    Hint: This is a matrix product. If in doubt, let the shapes decide: only one arrangement of the two factors
    fits.
    """
    raise NotImplementedError


def dWeightsOfFinalLayer(weightsOfFinalLayer, hiddenLayerPostActivationStates, biasesOfFinalLayer, dLogits):
    """Gradient of the loss with respect to `weightsOfFinalLayer`, shape (hiddenSize, vocabularySize).

    Forward:  logits = hiddenLayerPostActivationStates @ weightsOfFinalLayer + biasesOfFinalLayer

    Given:    weightsOfFinalLayer              (hiddenSize, vocabularySize)
              hiddenLayerPostActivationStates  (batchSize, hiddenSize)
              biasesOfFinalLayer               (vocabularySize,)
              dLogits                          (batchSize, vocabularySize)

    Hint: This is the other factor of the same matrix product. The result has the shape of the weights.
    """
    raise NotImplementedError


def dBiasesOfFinalLayer(biasesOfFinalLayer, hiddenLayerPostActivationStates, weightsOfFinalLayer, dLogits):
    """Gradient of the loss with respect to `biasesOfFinalLayer`, shape (vocabularySize,).

    Forward:  logits = hiddenLayerPostActivationStates @ weightsOfFinalLayer + biasesOfFinalLayer

    Given:    biasesOfFinalLayer               (vocabularySize,)
              hiddenLayerPostActivationStates  (batchSize, hiddenSize)
              weightsOfFinalLayer              (hiddenSize, vocabularySize)
              dLogits                          (batchSize, vocabularySize)

    Hint: The same bias was added to every row of the batch. Over which axis does the gradient have to be added
    up?
    """
    raise NotImplementedError


def dHiddenLayerPreActivationStates(
    hiddenLayerPreActivationStates, hiddenLayerPostActivationStates, dHiddenLayerPostActivationStates,
):
    """Gradient of the loss with respect to `hiddenLayerPreActivationStates`, shape (batchSize, hiddenSize).

    Forward:  hiddenLayerPostActivationStates = torch.tanh(hiddenLayerPreActivationStates)

    Given:    hiddenLayerPreActivationStates    (batchSize, hiddenSize)
              hiddenLayerPostActivationStates   (batchSize, hiddenSize)
              dHiddenLayerPostActivationStates  (batchSize, hiddenSize)

    Hint: The derivative of tanh can be written with the value of tanh alone, and you have that value.
    """
    raise NotImplementedError


def dBatchGains(batchGains, batchRawValue, batchBiases, dHiddenLayerPreActivationStates):
    """Gradient of the loss with respect to `batchGains`, shape (1, hiddenSize).

    Forward:  hiddenLayerPreActivationStates = batchGains * batchRawValue + batchBiases

    Given:    batchGains                       (1, hiddenSize)
              batchRawValue                    (batchSize, hiddenSize)
              batchBiases                      (1, hiddenSize)
              dHiddenLayerPreActivationStates  (batchSize, hiddenSize)

    Hint: They are multiplied element by element, and broadcast over the batch. Keep the axis of length 1.
    """
    raise NotImplementedError


def dBatchBiases(batchBiases, batchGains, batchRawValue, dHiddenLayerPreActivationStates):
    """Gradient of the loss with respect to `batchBiases`, shape (1, hiddenSize).

    Forward:  hiddenLayerPreActivationStates = batchGains * batchRawValue + batchBiases

    Given:    batchBiases                      (1, hiddenSize)
              batchGains                       (1, hiddenSize)
              batchRawValue                    (batchSize, hiddenSize)
              dHiddenLayerPreActivationStates  (batchSize, hiddenSize)

    Hint: They are added to every row of the batch. Keep the axis of length 1.
    """
    raise NotImplementedError


def dBatchRawValue(batchRawValue, batchGains, batchBiases, dHiddenLayerPreActivationStates):
    """Gradient of the loss with respect to `batchRawValue`, shape (batchSize, hiddenSize).

    Forward:  hiddenLayerPreActivationStates = batchGains * batchRawValue + batchBiases

    Given:    batchRawValue                    (batchSize, hiddenSize)
              batchGains                       (1, hiddenSize)
              batchBiases                      (1, hiddenSize)
              dHiddenLayerPreActivationStates  (batchSize, hiddenSize)

    Hint: This is the other factor of the product with the gains. Nothing was broadcast on this side.
    """
    raise NotImplementedError


def dBatchVarianceInverse(batchVarianceInverse, batchDifference, dBatchRawValue):
    """Gradient of the loss with respect to `batchVarianceInverse`, shape (1, hiddenSize).

    Forward:  batchRawValue = batchDifference * batchVarianceInverse

    Given:    batchVarianceInverse  (1, hiddenSize)
              batchDifference       (batchSize, hiddenSize)
              dBatchRawValue        (batchSize, hiddenSize)

    Hint: The whole batch used one number per column. Over which axis do you add up?
    """
    raise NotImplementedError


def dBatchVariance(batchVariance, dBatchVarianceInverse):
    """Gradient of the loss with respect to `batchVariance`, shape (1, hiddenSize).

    Forward:  batchVarianceInverse = (batchVariance + 1e-5) ** -0.5

    Given:    batchVariance          (1, hiddenSize)
              dBatchVarianceInverse  (1, hiddenSize)

    Hint: Apply the chain rule to (v + 1e-5) to the power −0.5. The exponent comes down, and falls by one.
    """
    raise NotImplementedError


def dBatchDifferencePow2(batchDifferencePow2, batchSize, dBatchVariance):
    """Gradient of the loss with respect to `batchDifferencePow2`, shape (batchSize, hiddenSize).

    Forward:  batchVariance = 1 / (batchSize - 1) * batchDifferencePow2.sum(0, keepdims=True)

    Given:    batchDifferencePow2  (batchSize, hiddenSize)
              batchSize            an integer
              dBatchVariance       (1, hiddenSize)

    Hint: This is a sum over the batch, times a constant, so each element gets the same share. Look at the
    constant: is it n or n − 1?
    """
    raise NotImplementedError


def dBatchDifference(batchDifference, batchVarianceInverse, dBatchDifferencePow2, dBatchRawValue):
    """Gradient of the loss with respect to `batchDifference`, shape (batchSize, hiddenSize).

    Forward:  batchDifferencePow2 = batchDifference ** 2
              batchRawValue = batchDifference * batchVarianceInverse

    Given:    batchDifference       (batchSize, hiddenSize)
              batchVarianceInverse  (1, hiddenSize)
              dBatchDifferencePow2  (batchSize, hiddenSize)
              dBatchRawValue        (batchSize, hiddenSize)

    Hint: There are two uses: it is squared, and it is multiplied by the inverse deviation.
    """
    raise NotImplementedError


def dBatchMeanAtIteration(batchMeanAtIteration, hiddenLayerPreBatchNormStates, dBatchDifference):
    """Gradient of the loss with respect to `batchMeanAtIteration`, shape (1, hiddenSize).

    Forward:  batchDifference = hiddenLayerPreBatchNormStates - batchMeanAtIteration

    Given:    batchMeanAtIteration           (1, hiddenSize)
              hiddenLayerPreBatchNormStates  (batchSize, hiddenSize)
              dBatchDifference               (batchSize, hiddenSize)

    Hint: It is subtracted from every row of the batch. Mind the sign.
    """
    raise NotImplementedError


def dHiddenLayerPreBatchNormStates(
    hiddenLayerPreBatchNormStates, batchSize, batchMeanAtIteration, dBatchMeanAtIteration, dBatchDifference,
):
    """Gradient of the loss with respect to `hiddenLayerPreBatchNormStates`, shape (batchSize, hiddenSize).

    Forward:  batchMeanAtIteration = 1 / batchSize * hiddenLayerPreBatchNormStates.sum(0, keepdims=True)
              batchDifference = hiddenLayerPreBatchNormStates - batchMeanAtIteration

    Given:    hiddenLayerPreBatchNormStates  (batchSize, hiddenSize)
              batchSize                      an integer
              batchMeanAtIteration           (1, hiddenSize)
              dBatchMeanAtIteration          (1, hiddenSize)
              dBatchDifference               (batchSize, hiddenSize)

    Hint: There are two uses: directly in the difference, and through the mean, to which each row contributes 1
    / n of itself.
    """
    raise NotImplementedError


def dConcatenatedEmbedding(
    concatenatedEmbedding, weightsOfHiddenLayer, biasesOfHiddenLayer, dHiddenLayerPreBatchNormStates,
):
    """Gradient of the loss with respect to `concatenatedEmbedding`, shape (batchSize, blockSize * embeddingSize).

    Forward:  hiddenLayerPreBatchNormStates = concatenatedEmbedding @ weightsOfHiddenLayer + biasesOfHiddenLayer

    Given:    concatenatedEmbedding           (batchSize, blockSize * embeddingSize)
              weightsOfHiddenLayer            (blockSize * embeddingSize, hiddenSize)
              biasesOfHiddenLayer             (hiddenSize,)
              dHiddenLayerPreBatchNormStates  (batchSize, hiddenSize)

    Hint: This is a matrix product again, as in the final layer.
    """
    raise NotImplementedError


def dWeightsOfHiddenLayer(
    weightsOfHiddenLayer, concatenatedEmbedding, biasesOfHiddenLayer, dHiddenLayerPreBatchNormStates,
):
    """Gradient of the loss with respect to `weightsOfHiddenLayer`, shape (blockSize * embeddingSize, hiddenSize).

    Forward:  hiddenLayerPreBatchNormStates = concatenatedEmbedding @ weightsOfHiddenLayer + biasesOfHiddenLayer

    Given:    weightsOfHiddenLayer            (blockSize * embeddingSize, hiddenSize)
              concatenatedEmbedding           (batchSize, blockSize * embeddingSize)
              biasesOfHiddenLayer             (hiddenSize,)
              dHiddenLayerPreBatchNormStates  (batchSize, hiddenSize)

    Hint: This is a matrix product again, as in the final layer.
    """
    raise NotImplementedError


def dBiasesOfHiddenLayer(
    biasesOfHiddenLayer, concatenatedEmbedding, weightsOfHiddenLayer, dHiddenLayerPreBatchNormStates,
):
    """Gradient of the loss with respect to `biasesOfHiddenLayer`, shape (hiddenSize,).

    Forward:  hiddenLayerPreBatchNormStates = concatenatedEmbedding @ weightsOfHiddenLayer + biasesOfHiddenLayer

    Given:    biasesOfHiddenLayer             (hiddenSize,)
              concatenatedEmbedding           (batchSize, blockSize * embeddingSize)
              weightsOfHiddenLayer            (blockSize * embeddingSize, hiddenSize)
              dHiddenLayerPreBatchNormStates  (batchSize, hiddenSize)

    Hint: They are added to every row of the batch.
    """
    raise NotImplementedError


def dEmbedding(embedding, dConcatenatedEmbedding):
    """Gradient of the loss with respect to `embedding`, shape (batchSize, blockSize, embeddingSize).

    Forward:  concatenatedEmbedding = embedding.view(embedding.shape[0], -1)

    Given:    embedding               (batchSize, blockSize, embeddingSize)
              dConcatenatedEmbedding  (batchSize, blockSize * embeddingSize)

    Hint: A view only rearranges positions: no number changes on the way forward, and none on the way back.
    """
    raise NotImplementedError


def dEmbeddingLookUpMatrix(embeddingLookUpMatrix, inputBatch, dEmbedding):
    """Gradient of the loss with respect to `embeddingLookUpMatrix`, shape (vocabularySize, embeddingSize).

    Forward:  embedding = embeddingLookUpMatrix[inputBatch]

    Given:    embeddingLookUpMatrix  (vocabularySize, embeddingSize)
              inputBatch             (batchSize, blockSize)
              dEmbedding             (batchSize, blockSize, embeddingSize)

    Hint: A row of the table may be looked up many times, and every look-up adds its gradient to that row.
    """
    raise NotImplementedError
