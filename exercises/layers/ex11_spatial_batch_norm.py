# grade: layers/spatial-batch-norm
"""Exercise 11: spatial batch norm

Write what is missing, and run `grade` in this folder as often as you like.

Names and arguments stay as they are, because this is how your code is used:

    out, cache = spatial_batchnorm_forward(images, scale, shift, eps)
    dimages, dscale, dshift = spatial_batchnorm_backward(dout, cache)

Each of the stages out, dimages, dscale, dshift is compared with the right value. Besides the numbers of the
course, your code is tried on other sizes and other data, with any upstream gradients: write each rule for any
input, with no typed-in sizes.
"""

import numpy as np


def spatial_batchnorm_forward(x, gamma, beta, eps):
    """Batch norm for images: every channel is normalised with its mean and variance over the batch and all places.

    The variance is divided by N * H * W. There are no running averages here.

    Args:
        x: images with C channels, shape (N, C, H, W).
        gamma, beta: factor and shift of each channel, shape (C,).
        eps: a small number, added to the variance before the root is taken.

    Returns:
        out: shape (N, C, H, W).
        cache: whatever your backward pass needs.
    """
    raise NotImplementedError


def spatial_batchnorm_backward(dout, cache):
    """The way back through `spatial_batchnorm_forward`.

    Args:
        dout: the gradient of the loss with respect to `out`, shape (N, C, H, W).
        cache: what your forward pass kept.

    Returns:
        dx: shape (N, C, H, W).
        dgamma, dbeta: shape (C,).
    """
    raise NotImplementedError
