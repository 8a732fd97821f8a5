# grade: layers/svm
import numpy as np


def svm_loss(scores, y):
    """The hinge loss for several classes, averaged over the batch; and its gradient.

    Every wrong class costs max(0, its score - the score of the right class + 1). The right class costs nothing.

    Args:
        scores: shape (N, C), one row for each example.
        y: the right class of each example, integers from 0 to C - 1, shape (N,).

    Returns:
        loss: a number, the mean over the examples of what all their wrong classes cost.
        dscores: the gradient of the loss with respect to the scores, shape (N, C).
    """
    count = len(y)
    rows = np.arange(count)
    margins = np.maximum(0, scores - scores[rows, y][:, None] + 1)
    margins[rows, y] = 0
    loss = margins.sum() / count
    dscores = (margins > 0).astype(scores.dtype)
    dscores[rows, y] = -dscores.sum(axis=1)
    return loss, dscores / count
