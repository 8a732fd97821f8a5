# grade: layers/affine
"""Exercise 1: the affine layer

Write what is missing, and run `grade` in this folder as often as you like.

Names and arguments stay as they are, because this is how your code is used:

    out, cache = affine_forward(boards, w, b)
    dboards, dw, db = affine_backward(dout, cache)

Each of the stages out, dboards, dw, db is compared with the right value. Besides the numbers of the course,
your code is tried on other sizes and other data, with any upstream gradients: write each rule for any input,
with no typed-in sizes.
"""

import numpy as np


def affine_forward(x, w, b):
    """Make a row of every example, and map it with weights and a bias.

    Args:
        x: the examples, shape (N, d1, ..., dk); each becomes a row of D = d1 * ... * dk numbers.
        w: the weights, shape (D, M).
        b: the bias, shape (M,).

    Returns:
        out: shape (N, M).
        cache: whatever your backward pass needs. Nobody else looks into it.
    """
    raise NotImplementedError


def affine_backward(dout, cache):
    """The way back through `affine_forward`.

    Args:
        dout: the gradient of the loss with respect to `out`, shape (N, M).
        cache: what your forward pass kept.

    Returns:
        dx: shape (N, d1, ..., dk), that of x.
        dw: shape (D, M).
        db: shape (M,).
    """
    raise NotImplementedError
