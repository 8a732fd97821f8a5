# grade: layers/relu
"""Exercise 2: ReLU

Write what is missing, and run `grade` in this folder as often as you like.

Names and arguments stay as they are, because this is how your code is used:

    out, cache = relu_forward(x)
    dx = relu_backward(dout, cache)

Each of the stages out, dx is compared with the right value. Besides the numbers of the course, your code is
tried on other sizes and other data, with any upstream gradients: write each rule for any input, with no typed-
in sizes.
"""

import numpy as np


def relu_forward(x):
    """Keep what is positive, and put 0 in the place of all else.

    Args:
        x: an array of any shape.

    Returns:
        out: of the same shape.
        cache: whatever your backward pass needs.
    """
    raise NotImplementedError


def relu_backward(dout, cache):
    """The way back through `relu_forward`.

    Args:
        dout: the gradient of the loss with respect to `out`, of the shape of x.
        cache: what your forward pass kept.

    Returns:
        dx: of the shape of x.
    """
    raise NotImplementedError
