# grade: layers/max-pooling
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
    count, channels, height, width = x.shape
    out = np.zeros((count, channels, 1 + (height - pool_height) // stride, 1 + (width - pool_width) // stride))
    for i in range(out.shape[2]):
        for j in range(out.shape[3]):
            top, left = i * stride, j * stride
            out[:, :, i, j] = x[:, :, top : top + pool_height, left : left + pool_width].max(axis=(2, 3))
    return out, (x, pool_height, pool_width, stride)


def max_pool_backward(dout, cache):
    """The way back through `max_pool_forward`. An element may be the largest of several windows.

    Args:
        dout: the gradient of the loss with respect to `out`, shape (N, C, H', W').
        cache: what your forward pass kept.

    Returns:
        dx: shape (N, C, H, W).
    """
    x, pool_height, pool_width, stride = cache
    dx = np.zeros_like(x)
    for i in range(dout.shape[2]):
        for j in range(dout.shape[3]):
            down = slice(i * stride, i * stride + pool_height)
            right = slice(j * stride, j * stride + pool_width)
            window = x[:, :, down, right]
            largest = window == window.max(axis=(2, 3), keepdims=True)
            dx[:, :, down, right] += largest * dout[:, :, i : i + 1, j : j + 1]
    return dx
