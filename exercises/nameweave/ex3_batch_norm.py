# grade: nameweave/batch-norm
"""Exercise 3: batch norm in one go

Write one gradient per function, and run `grade` in this folder as often as you like.

The names of a function's arguments say what it is given: any tensor of the forward pass, any size, and the gradients
of the tensors that its own tensor feeds into. Add or drop arguments as you need them. Besides the numbers of the
course, your functions are tried on other sizes and data and with arbitrary upstream gradients, so write each rule for
any input: no typed-in sizes, and nothing that only holds for this loss.
"""

import torch


def dHiddenLayerPreBatchNormStatesFast(
    hiddenLayerPreBatchNormStates, batchVariance, batchMeanAtIteration, batchVarianceInverse, batchGains,
    batchRawValue, batchBiases, batchSize, dHiddenLayerPreActivationStates,
):
    """Gradient of the loss with respect to `hiddenLayerPreBatchNormStates`, shape (batchSize, hiddenSize).

    Forward:  batchMeanAtIteration = hiddenLayerPreBatchNormStates.mean(0, keepdims=True)
              batchVariance = hiddenLayerPreBatchNormStates.var(0, keepdims=True, correction=1)
              batchVarianceInverse = (batchVariance + 1e-5) ** -0.5
              batchRawValue = (hiddenLayerPreBatchNormStates - batchMeanAtIteration) * batchVarianceInverse
              hiddenLayerPreActivationStates = batchGains * batchRawValue + batchBiases

    Given:    hiddenLayerPreBatchNormStates    (batchSize, hiddenSize)
              batchVariance                    (1, hiddenSize)
              batchMeanAtIteration             (1, hiddenSize)
              batchVarianceInverse             (1, hiddenSize)
              batchGains                       (1, hiddenSize)
              batchRawValue                    (batchSize, hiddenSize)
              batchBiases                      (1, hiddenSize)
              batchSize                        an integer
              dHiddenLayerPreActivationStates  (batchSize, hiddenSize)

    Hint: Each state acts on its column in three ways: directly, through the mean and through the variance. On
    paper, the three simplify to one line in terms of `batchRawValue`.
    """
    raise NotImplementedError
