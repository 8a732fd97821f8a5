# grade: layers/affine
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
    rows = x.reshape(len(x), -1)
    return rows @ w + b, (x, w)


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
    x, w = cache
    dx = (dout @ w.T).reshape(x.shape)
    dw = x.reshape(len(x), -1).T @ dout
    db = dout.sum(axis=0)
    return dx, dw, db
