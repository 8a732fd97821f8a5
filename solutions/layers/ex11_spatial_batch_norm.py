# grade: layers/spatial-batch-norm
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
    rows = _rows(x)
    inverse = 1 / np.sqrt(rows.var(axis=0) + eps)
    normalised = (rows - rows.mean(axis=0)) * inverse
    return _images(gamma * normalised + beta, x.shape), (normalised, inverse, gamma)


def spatial_batchnorm_backward(dout, cache):
    """The way back through `spatial_batchnorm_forward`.

    Args:
        dout: the gradient of the loss with respect to `out`, shape (N, C, H, W).
        cache: what your forward pass kept.

    Returns:
        dx: shape (N, C, H, W).
        dgamma, dbeta: shape (C,).
    """
    normalised, inverse, gamma = cache
    rows = _rows(dout)
    dgamma, dbeta = (rows * normalised).sum(axis=0), rows.sum(axis=0)
    dx = gamma * inverse * (rows - dbeta / len(rows) - normalised * dgamma / len(rows))
    return _images(dx, dout.shape), dgamma, dbeta


def _rows(images):
    """Every place of every image as a row with its channels: shape (N * H * W, C)."""
    return images.transpose(0, 2, 3, 1).reshape(-1, images.shape[1])


def _images(rows, shape):
    """Back to shape (N, C, H, W)."""
    count, channels, height, width = shape
    return rows.reshape(count, height, width, channels).transpose(0, 3, 1, 2)
