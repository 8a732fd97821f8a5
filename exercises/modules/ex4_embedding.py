# grade: modules/embedding
"""Exercise 4: an embedding

Write what is missing, and run `grade` in this folder as often as you like.

Names and arguments stay as they are, because this is how your code is used:

    layer = Embedding(words, hidden)
    layer.table = table
    out = layer.forward(tokens)
    layer.backward(dout)
    later = layer.forward(tokens_later)
    layer.backward(dlater)
    dtable = layer.dtable

Each of the stages out, dtable is compared with the right value. Besides the numbers of the course, your code is
tried on other sizes and other data, with any upstream gradients: write each rule for any input, with no typed-
in sizes.
"""

import numpy as np


class Embedding:
    """A table with a row for each word.

    Attributes:
        table: (words, features)
        dtable: the gradients of table that backward has found, added up; (words, features)
    """

    def __init__(self, words, features):
        self.table = np.random.standard_normal((words, features))
        self.dtable = np.zeros((words, features))

    def forward(self, tokens):
        """The row of each token.

        Args:
            tokens: whole numbers from 0 to words - 1, of any shape (...)

        Returns:
            out: (..., features)
        """
        raise NotImplementedError

    def backward(self, dout):
        """Walk back through the forward call that came last, and add to dtable. Tokens have no gradient.

        Args:
            dout: gradient of the loss with respect to out, (..., features)
        """
        raise NotImplementedError
