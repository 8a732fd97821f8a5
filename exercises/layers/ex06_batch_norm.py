# grade: layers/batch-norm
"""Exercise 6: batch norm

Write what is missing, and run `grade` in this folder as often as you like.

Names and arguments stay as they are, because this is how your code is used:

    out, new_mean, new_variance, cache = batchnorm_forward(x, gamma, beta, running_mean, running_variance, momentum, eps)
    dx, dgamma, dbeta = batchnorm_backward(dout, cache)
    tested = batchnorm_test(x, gamma, beta, running_mean, running_variance, eps)

Each of the stages out, new_mean, new_variance, dx, dgamma, dbeta, tested is compared with the right value.
Besides the numbers of the course, your code is tried on other sizes and other data, with any upstream
gradients: write each rule for any input, with no typed-in sizes.
"""

import numpy as np


def batchnorm_forward(x, gamma, beta, running_mean, running_variance, momentum, eps):
    """Batch norm while training: every feature is normalised with its own mean and variance over the batch.

    The variance is divided by N. The running averages keep the share `momentum` of what they were, and take the rest
    from this batch; they are for the test, and this output does not depend on them.

    Args:
        x: shape (N, D).
        gamma, beta: factor and shift of each feature, shape (D,).
        running_mean, running_variance: the averages so far, shape (D,). Leave them as they are.
        momentum: a number between 0 and 1.
        eps: a small number, added to the variance before the root is taken.

    Returns:
        out: shape (N, D).
        new_mean, new_variance: the averages with this batch taken in, shape (D,).
        cache: whatever your backward pass needs.
    """
    raise NotImplementedError


def batchnorm_backward(dout, cache):
    """The way back through `batchnorm_forward`. Mean and variance depend on x as well.

    Args:
        dout: the gradient of the loss with respect to `out`, shape (N, D).
        cache: what your forward pass kept.

    Returns:
        dx: shape (N, D).
        dgamma, dbeta: shape (D,).
    """
    raise NotImplementedError


def batchnorm_test(x, gamma, beta, running_mean, running_variance, eps):
    """Batch norm while testing: with the running averages in the place of the batch's own mean and variance.

    Args:
        x: shape (N, D).
        gamma, beta: factor and shift of each feature, shape (D,).
        running_mean, running_variance: the averages, shape (D,).
        eps: a small number, added to the variance before the root is taken.

    Returns:
        out: shape (N, D).
    """
    raise NotImplementedError
