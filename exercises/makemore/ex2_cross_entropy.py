# grade: makemore/cross-entropy
"""Exercise 2: cross entropy in one go

Write one gradient per function, and run `grade` in this folder as often as you like.

The names of a function's arguments say what it is given: any tensor of the forward pass, any size, and the gradients
of the tensors that its own tensor feeds into. Add or drop arguments as you need them. Besides the numbers of the
course, your functions are tried on other sizes and data and with arbitrary upstream gradients, so write each rule for
any input: no typed-in sizes, and nothing that only holds for this loss.
"""

import torch
import torch.nn.functional as F


def dlogits_fast(logits, Yb, n):
    """Gradient of the loss with respect to `logits`, shape (n, vocab_size).

    Forward:  loss = F.cross_entropy(logits, Yb)

    Given:    logits  (n, vocab_size)
              Yb      (n,)
              n       an integer

    Hint: Write the loss of one row as a formula in its logits, and simplify before you differentiate. What is
    left is the softmax, with something to take away at one place in each row.
    """
    raise NotImplementedError
