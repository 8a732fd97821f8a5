# grade: attention/softmax
"""Exercise 2: the masked softmax in one go

Write one gradient per function, and run `grade` in this folder as often as you like.

The names of a function's arguments say what it is given: any tensor of the forward pass, any size, and the gradients
of the tensors that its own tensor feeds into. Add or drop arguments as you need them. Besides the numbers of the
course, your functions are tried on other sizes and data and with arbitrary upstream gradients, so write each rule for
any input: no typed-in sizes, and nothing that only holds for this loss.
"""

import torch


def dscores_fast(scores, allowed, attention, dattention):
    """Gradient of the loss with respect to `scores`, shape (batch, time, time).

    Forward:  attention = torch.softmax(scores.masked_fill(~allowed, float("-inf")), -1)

    Given:    scores      (batch, time, time)
              allowed     (time, time)
              attention   (batch, time, time)
              dattention  (batch, time, time)

    Hint: Look at one row: each score acts on every attention of it, through the sum they share. Where the
    attention is zero, so is the gradient.
    """
    raise NotImplementedError
