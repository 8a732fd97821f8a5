# grade: layers/softmax
"""Exercise 3: the softmax loss

Write what is missing, and run `grade` in this folder as often as you like.

Names and arguments stay as they are, because this is how your code is used:

    loss, dscores = softmax_loss(scores, y)

Each of the stages loss, dscores is compared with the right value. Besides the numbers of the course, your code
is tried on other sizes and other data, with any upstream gradients: write each rule for any input, with no
typed-in sizes.
"""

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
    raise NotImplementedError
