# grade: layers/two-layer
import numpy as np


def two_layer_loss(x, y, W1, b1, W2, b2, reg):
    """Loss and gradients of a small network: affine, ReLU, affine, softmax, with a penalty on large weights.

    The loss is the mean cross-entropy of the batch, plus 0.5 * reg times the sum of all squared weights. Biases are not
    penalised.

    Args:
        x: the examples, shape (N, D).
        y: the right class of each example, integers from 0 to C - 1, shape (N,).
        W1, b1: of the first layer, shapes (D, H) and (H,).
        W2, b2: of the second layer, shapes (H, C) and (C,).
        reg: the strength of the penalty, a number.

    Returns:
        loss: a number.
        grads: a dictionary with the gradients of the loss under "W1", "b1", "W2" and "b2", each of the shape of its
            parameter.
    """
    count = len(y)
    hidden = np.maximum(x @ W1 + b1, 0)
    logits = hidden @ W2 + b2
    shifted = logits - logits.max(axis=1, keepdims=True)
    log_probabilities = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    data_loss = -log_probabilities[np.arange(count), y].mean()
    loss = data_loss + 0.5 * reg * ((W1**2).sum() + (W2**2).sum())

    dlogits = np.exp(log_probabilities)
    dlogits[np.arange(count), y] -= 1
    dlogits /= count
    dhidden = (dlogits @ W2.T) * (hidden > 0)
    grads = {
        "W1": x.T @ dhidden + reg * W1,
        "b1": dhidden.sum(axis=0),
        "W2": hidden.T @ dlogits + reg * W2,
        "b2": dlogits.sum(axis=0),
    }
    return loss, grads
