# grade: layers/dropout
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
    return x * mask / keep, (mask, keep)


def dropout_backward(dout, cache):
    """The way back through `dropout_forward`.

    Args:
        dout: the gradient of the loss with respect to `out`, shape (N, D).
        cache: what your forward pass kept.

    Returns:
        dx: shape (N, D).
    """
    mask, keep = cache
    return dout * mask / keep
