# grade: layers/convolution
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
    padded = np.pad(x, ((0, 0), (0, 0), (pad, pad), (pad, pad)))
    filter_height, filter_width = w.shape[2:]
    height = 1 + (padded.shape[2] - filter_height) // stride
    width = 1 + (padded.shape[3] - filter_width) // stride
    out = np.zeros((len(x), len(w), height, width))
    for i in range(height):
        for j in range(width):
            top, left = i * stride, j * stride
            window = padded[:, :, top : top + filter_height, left : left + filter_width]
            out[:, :, i, j] = np.tensordot(window, w, axes=((1, 2, 3), (1, 2, 3)))
    return out + b[:, None, None], (padded, w, stride, pad)


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
    padded, w, stride, pad = cache
    filter_height, filter_width = w.shape[2:]
    dpadded, dw = np.zeros_like(padded), np.zeros_like(w)
    for i in range(dout.shape[2]):
        for j in range(dout.shape[3]):
            down = slice(i * stride, i * stride + filter_height)
            right = slice(j * stride, j * stride + filter_width)
            dw += np.tensordot(dout[:, :, i, j], padded[:, :, down, right], axes=(0, 0))
            dpadded[:, :, down, right] += np.tensordot(dout[:, :, i, j], w, axes=(1, 0))
    height, width = padded.shape[2:]
    dx = dpadded[:, :, pad : height - pad, pad : width - pad]
    return dx, dw, dout.sum(axis=(0, 2, 3))
