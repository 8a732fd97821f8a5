# grade: layers/two-layer
"""Exercise 5: a network with two layers

Write what is missing, and run `grade` in this folder as often as you like.

Names and arguments stay as they are, because this is how your code is used:

    loss, grads = two_layer_loss(x, y, W1, b1, W2, b2, reg)
    dW1, db1 = grads["W1"], grads["b1"]
    dW2, db2 = grads["W2"], grads["b2"]

Each of the stages loss, dW1, db1, dW2, db2 is compared with the right value. Besides the numbers of the course,
your code is tried on other sizes and other data, with any upstream gradients: write each rule for any input,
with no typed-in sizes.
"""

import numpy as np


def two_layer_loss(x, y, W1, b1, W2, b2, reg):
    """Loss and gradients of a small network: affine, ReLU, affine, softmax, with a penalty on large weights.

    The loss is the mean cross-entropy of the batch, plus 0.5 * reg times the sum of all squared weights. Biases are not
    penalised.

    Args:
        x: the examples, shape (N, D).
        y: the right class of each example, integers from 0 to C - 1, shape (N,).
        W1, b1: of the first layer, shapes (D, H) and (H,).
        W2, b2: of the second layer, shapes (H, C) and (C,).
        reg: the strength of the penalty, a number.

    Returns:
        loss: a number.
        grads: a dictionary with the gradients of the loss under "W1", "b1", "W2" and "b2", each of the shape of its
            parameter.
    """
    raise NotImplementedError
