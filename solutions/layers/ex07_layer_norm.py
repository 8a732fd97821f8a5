# grade: layers/layer-norm
import numpy as np


def layernorm_forward(x, gamma, beta, eps):
    """Layer norm: every example is normalised with the mean and the variance of its own features.

    The variance is divided by D.

    Args:
        x: shape (N, D).
        gamma, beta: factor and shift of each feature, shape (D,).
        eps: a small number, added to the variance before the root is taken.

    Returns:
        out: shape (N, D).
        cache: whatever your backward pass needs.
    """
    inverse = 1 / np.sqrt(x.var(axis=1, keepdims=True) + eps)
    normalised = (x - x.mean(axis=1, keepdims=True)) * inverse
    return gamma * normalised + beta, (normalised, inverse, gamma)


def layernorm_backward(dout, cache):
    """The way back through `layernorm_forward`.

    Args:
        dout: the gradient of the loss with respect to `out`, shape (N, D).
        cache: what your forward pass kept.

    Returns:
        dx: shape (N, D).
        dgamma, dbeta: shape (D,).
    """
    normalised, inverse, gamma = cache
    dnormalised = dout * gamma
    shared = dnormalised.mean(axis=1, keepdims=True)
    along = (dnormalised * normalised).mean(axis=1, keepdims=True)
    dx = inverse * (dnormalised - shared - normalised * along)
    return dx, (dout * normalised).sum(axis=0), dout.sum(axis=0)
