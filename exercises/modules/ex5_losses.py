# grade: modules/losses
"""Exercise 5: cross entropy and squared differences

Write what is missing, and run `grade` in this folder as often as you like.

Names and arguments stay as they are, because this is how your code is used:

    cross_entropy, squares = CrossEntropyLoss(), MSELoss()
    surprise = cross_entropy.forward(scores, labels)
    dscores = cross_entropy.backward()
    distance = squares.forward(guess, target)
    dguess = squares.backward()

Each of the stages surprise, dscores, distance, dguess is compared with the right value. Besides the numbers of
the course, your code is tried on other sizes and other data, with any upstream gradients: write each rule for
any input, with no typed-in sizes.
"""

import numpy as np


class CrossEntropyLoss:
    """How surprising the labels are if the softmax of the scores is believed; the mean over a batch."""

    def forward(self, scores, labels):
        """The loss.

        Args:
            scores: (batch, classes)
            labels: the right class of each row, a whole number from 0 to classes - 1; (batch,)

        Returns:
            loss: one number
        """
        raise NotImplementedError

    def backward(self):
        """The gradient of the loss that forward gave last.

        Returns:
            dscores: (batch, classes)
        """
        raise NotImplementedError


class MSELoss:
    """How far a guess is from its target: the mean of the squared differences, over all elements."""

    def forward(self, guess, target):
        """The loss.

        Args:
            guess: any shape
            target: the same shape

        Returns:
            loss: one number
        """
        raise NotImplementedError

    def backward(self):
        """The gradient of the loss that forward gave last.

        Returns:
            dguess: the shape of guess
        """
        raise NotImplementedError
