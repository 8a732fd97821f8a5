# grade: layers/batch-norm
import numpy as np


def batchnorm_forward(x, gamma, beta, running_mean, running_variance, momentum, eps):
    """Batch norm while training: every feature is normalised with its own mean and variance over the batch.

    The variance is divided by N. The running averages keep the share `momentum` of what they were, and take the rest
    from this batch; they are for the test, and this output does not depend on them.

    Args:
        x: shape (N, D).
        gamma, beta: factor and shift of each feature, shape (D,).
        running_mean, running_variance: the averages so far, shape (D,). Leave them as they are.
        momentum: a number between 0 and 1.
        eps: a small number, added to the variance before the root is taken.

    Returns:
        out: shape (N, D).
        new_mean, new_variance: the averages with this batch taken in, shape (D,).
        cache: whatever your backward pass needs.
    """
    mean, variance = x.mean(axis=0), x.var(axis=0)
    inverse = 1 / np.sqrt(variance + eps)
    normalised = (x - mean) * inverse
    new_mean = momentum * running_mean + (1 - momentum) * mean
    new_variance = momentum * running_variance + (1 - momentum) * variance
    return gamma * normalised + beta, new_mean, new_variance, (normalised, inverse, gamma)


def batchnorm_backward(dout, cache):
    """The way back through `batchnorm_forward`. Mean and variance depend on x as well.

    Args:
        dout: the gradient of the loss with respect to `out`, shape (N, D).
        cache: what your forward pass kept.

    Returns:
        dx: shape (N, D).
        dgamma, dbeta: shape (D,).
    """
    normalised, inverse, gamma = cache
    dgamma = (dout * normalised).sum(axis=0)
    dbeta = dout.sum(axis=0)
    dx = gamma * inverse * (dout - dbeta / len(dout) - normalised * dgamma / len(dout))
    return dx, dgamma, dbeta


def batchnorm_test(x, gamma, beta, running_mean, running_variance, eps):
    """Batch norm while testing: with the running averages in the place of the batch's own mean and variance.

    Args:
        x: shape (N, D).
        gamma, beta: factor and shift of each feature, shape (D,).
        running_mean, running_variance: the averages, shape (D,).
        eps: a small number, added to the variance before the root is taken.

    Returns:
        out: shape (N, D).
    """
    return gamma * (x - running_mean) / np.sqrt(running_variance + eps) + beta
