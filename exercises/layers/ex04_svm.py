# grade: layers/svm
"""Exercise 4: the SVM loss

Write what is missing, and run `grade` in this folder as often as you like.

Names and arguments stay as they are, because this is how your code is used:

    loss, dscores = svm_loss(scores, y)

Each of the stages loss, dscores is compared with the right value. Besides the numbers of the course, your code
is tried on other sizes and other data, with any upstream gradients: write each rule for any input, with no
typed-in sizes.
"""

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
    raise NotImplementedError
