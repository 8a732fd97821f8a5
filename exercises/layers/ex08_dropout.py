# grade: layers/dropout
"""Exercise 8: inverted dropout

Write what is missing, and run `grade` in this folder as often as you like.

Names and arguments stay as they are, because this is how your code is used:

    out, cache = dropout_forward(x, mask, keep)
    dx = dropout_backward(dout, cache)

Each of the stages out, dx is compared with the right value. Besides the numbers of the course, your code is
tried on other sizes and other data, with any upstream gradients: write each rule for any input, with no typed-
in sizes.
"""

import numpy as np


def dropout_forward(x, mask, keep):
    """Inverted dropout: what the mask keeps is divided by `keep`, so that nothing has to be scaled at test time.

    The mask is drawn for you, so that everyone drops the same elements.

    Args:
        x: shape (N, D).
        mask: True for what is kept, False for what is dropped, shape (N, D).
        keep: the probability with which an element is kept, a number between 0 and 1.

    Returns:
        out: shape (N, D).
        cache: whatever your backward pass needs.
    """
    raise NotImplementedError


def dropout_backward(dout, cache):
    """The way back through `dropout_forward`.

    Args:
        dout: the gradient of the loss with respect to `out`, shape (N, D).
        cache: what your forward pass kept.

    Returns:
        dx: shape (N, D).
    """
    raise NotImplementedError
