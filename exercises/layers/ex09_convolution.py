# grade: layers/convolution
"""Exercise 9: convolution

Write what is missing, and run `grade` in this folder as often as you like.

Names and arguments stay as they are, because this is how your code is used:

    out, cache = conv_forward(images, filters, offsets, stride, pad)
    dimages, dfilters, doffsets = conv_backward(dout, cache)

Each of the stages out, dimages, dfilters, doffsets is compared with the right value. Besides the numbers of the
course, your code is tried on other sizes and other data, with any upstream gradients: write each rule for any
input, with no typed-in sizes.
"""

import numpy as np


def conv_forward(x, w, b, stride, pad):
    """A convolution: every filter is laid on every place of a padded image, multiplied, and added up.

    The filters are not flipped. Loops are fine: all sizes are small.

    Args:
        x: images with C channels, shape (N, C, H, W).
        w: F filters, shape (F, C, HH, WW).
        b: a bias for each filter, shape (F,).
        stride: how far the filter moves from one place to the next, down and to the right.
        pad: so many zeros are put on each of the four sides of every channel; it may be 0.

    Returns:
        out: shape (N, F, H', W') with H' = 1 + (H + 2 * pad - HH) / stride, and W' in the same way. The filter always
            fits a whole number of times.
        cache: whatever your backward pass needs.
    """
    raise NotImplementedError


def conv_backward(dout, cache):
    """The way back through `conv_forward`.

    Args:
        dout: the gradient of the loss with respect to `out`, shape (N, F, H', W').
        cache: what your forward pass kept.

    Returns:
        dx: shape (N, C, H, W), without the padding.
        dw: shape (F, C, HH, WW).
        db: shape (F,).
    """
    raise NotImplementedError
