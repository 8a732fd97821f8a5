# grade: layers/layer-norm
"""Exercise 7: layer norm

Write what is missing, and run `grade` in this folder as often as you like.

Names and arguments stay as they are, because this is how your code is used:

    out, cache = layernorm_forward(x, gamma, beta, eps)
    dx, dgamma, dbeta = layernorm_backward(dout, cache)

Each of the stages out, dx, dgamma, dbeta is compared with the right value. Besides the numbers of the course,
your code is tried on other sizes and other data, with any upstream gradients: write each rule for any input,
with no typed-in sizes.
"""

import numpy as np


def layernorm_forward(x, gamma, beta, eps):
    """Layer norm: every example is normalised with the mean and the variance of its own features.

    The variance is divided by D.

    Args:
        x: shape (N, D).
        gamma, beta: factor and shift of each feature, shape (D,).
        eps: a small number, added to the variance before the root is taken.

    Returns:
        out: shape (N, D).
        cache: whatever your backward pass needs.
    """
    raise NotImplementedError


def layernorm_backward(dout, cache):
    """The way back through `layernorm_forward`.

    Args:
        dout: the gradient of the loss with respect to `out`, shape (N, D).
        cache: what your forward pass kept.

    Returns:
        dx: shape (N, D).
        dgamma, dbeta: shape (D,).
    """
    raise NotImplementedError
