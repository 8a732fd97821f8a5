# grade: layers/softmax
import numpy as np


def softmax_loss(scores, y):
    """The cross-entropy of the softmax of the scores, averaged over the batch; and its gradient.

    Scores may be as large as a thousand: take care that nothing overflows.

    Args:
        scores: shape (N, C), one row for each example.
        y: the right class of each example, integers from 0 to C - 1, shape (N,).

    Returns:
        loss: a number, the mean of -log(probability of the right class).
        dscores: the gradient of the loss with respect to the scores, shape (N, C).
    """
    count = len(y)
    shifted = scores - scores.max(axis=1, keepdims=True)
    log_probabilities = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    loss = -log_probabilities[np.arange(count), y].mean()
    dscores = np.exp(log_probabilities)
    dscores[np.arange(count), y] -= 1
    return loss, dscores / count
