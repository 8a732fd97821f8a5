# grade: layers/max-pooling
"""Exercise 10: max pooling

Write what is missing, and run `grade` in this folder as often as you like.

Names and arguments stay as they are, because this is how your code is used:

    out, cache = max_pool_forward(images, filter_height, filter_width, stride)
    dimages = max_pool_backward(dout, cache)

Each of the stages out, dimages is compared with the right value. Besides the numbers of the course, your code
is tried on other sizes and other data, with any upstream gradients: write each rule for any input, with no
typed-in sizes.
"""

import numpy as np


def max_pool_forward(x, pool_height, pool_width, stride):
    """Max pooling: of every window of every channel, the largest number. Windows may overlap.

    Args:
        x: images with C channels, shape (N, C, H, W).
        pool_height, pool_width: the size of a window.
        stride: how far the window moves from one place to the next, down and to the right.

    Returns:
        out: shape (N, C, H', W') with H' = 1 + (H - pool_height) / stride, and W' in the same way. The window always
            fits a whole number of times.
        cache: whatever your backward pass needs.
    """
    raise NotImplementedError


def max_pool_backward(dout, cache):
    """The way back through `max_pool_forward`. An element may be the largest of several windows.

    Args:
        dout: the gradient of the loss with respect to `out`, shape (N, C, H', W').
        cache: what your forward pass kept.

    Returns:
        dx: shape (N, C, H, W).
    """
    raise NotImplementedError
