# grade: makemore/batch-norm
"""Exercise 3: batch norm in one go

Write one gradient per function, and run `grade` in this folder as often as you like.

The names of a function's arguments say what it is given: any tensor of the forward pass, any size, and the gradients
of the tensors that its own tensor feeds into. Add or drop arguments as you need them. Besides the numbers of the
course, your functions are tried on other sizes and data and with arbitrary upstream gradients, so write each rule for
any input: no typed-in sizes, and nothing that only holds for this loss.
"""

import torch


def dhprebn_fast(hprebn, bnvar, bnmeani, bnvar_inv, bngain, bnraw, bnbias, n, dhpreact):
    """Gradient of the loss with respect to `hprebn`, shape (n, n_hidden).

    Forward:  bnmeani = hprebn.mean(0, keepdims=True)
              bnvar = hprebn.var(0, keepdims=True, correction=1)
              bnvar_inv = (bnvar + 1e-5) ** -0.5
              bnraw = (hprebn - bnmeani) * bnvar_inv
              hpreact = bngain * bnraw + bnbias

    Given:    hprebn     (n, n_hidden)
              bnvar      (1, n_hidden)
              bnmeani    (1, n_hidden)
              bnvar_inv  (1, n_hidden)
              bngain     (1, n_hidden)
              bnraw      (n, n_hidden)
              bnbias     (1, n_hidden)
              n          an integer
              dhpreact   (n, n_hidden)

    Hint: Each state acts on its column in three ways: directly, through the mean and through the variance. On
    paper, the three simplify to one line in terms of `bnraw`.
    """
    raise NotImplementedError
