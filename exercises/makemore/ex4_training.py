# grade: makemore/training
"""Exercise 4: put it together, and train

Write these functions, and run `grade` in this folder as often as you like; `grade train` then trains with them.

The names of a function's arguments say what it is given: any tensor of the forward pass, any size. Add or drop
arguments as you need them. Besides the numbers of the course, your functions are tried on other sizes, with other
data, and with a network that has been trained for a while.
"""

import torch
import torch.nn.functional as F


def backward(C, W1, W2, bngain, Xb, Yb, embcat, bnvar_inv, bnraw, h, logits, n):
    """Return the gradients of the loss with respect to all parameters, in this order or in a dictionary.

    Returns:  dC       (vocab_size, n_embd)
              dW1      (block_size * n_embd, n_hidden)
              db1      (n_hidden,)
              dW2      (n_hidden, vocab_size)
              db2      (vocab_size,)
              dbngain  (1, n_hidden)
              dbnbias  (1, n_hidden)

    Forward:  emb = C[Xb]
              embcat = emb.view(emb.shape[0], -1)
              hprebn = embcat @ W1 + b1
              bnmean = hprebn.mean(0, keepdims=True)
              bnvar = hprebn.var(0, keepdims=True, correction=1)
              bnvar_inv = (bnvar + 1e-5) ** -0.5
              bnraw = (hprebn - bnmean) * bnvar_inv
              hpreact = bngain * bnraw + bnbias
              h = torch.tanh(hpreact)
              logits = h @ W2 + b2
              loss = F.cross_entropy(logits, Yb)

    Given:    C          (vocab_size, n_embd)
              W1         (block_size * n_embd, n_hidden)
              W2         (n_hidden, vocab_size)
              bngain     (1, n_hidden)
              Xb         (n, block_size)
              Yb         (n,)
              embcat     (n, block_size * n_embd)
              bnvar_inv  (1, n_hidden)
              bnraw      (n, n_hidden)
              h          (n, n_hidden)
              logits     (n, vocab_size)
              n          an integer

    For a hint on each of them, run: grade hint backward
    """
    raise NotImplementedError


def update(parameters, gradients, learning_rate):
    """Take one step of gradient descent for all parameters. You are given them as a list, and their gradients as
    another in the same order. Return the new parameters in that order, or change the given tensors in place and
    return nothing.

    It is tried in a short training run of 50 steps, together with `backward`.

    Given:    parameters     a list of tensors
              gradients      a list of tensors, in the same order
              learning_rate  a number

    Hint: Take a step of gradient descent: against the gradient, by the learning rate. Return the new
    parameters, or change the given ones in place.
    """
    raise NotImplementedError


def calibrate(C, W1, b1, Xtr):
    """Compute, after training, the mean and variance of the hidden states before batch norm, over the whole
    training set. They take the place of the batch's own when there is no batch.

    Returns:  bnmean_train  (1, n_hidden)
              bnvar_train   (1, n_hidden)

    Given:    C    (vocab_size, n_embd)
              W1   (block_size * n_embd, n_hidden)
              b1   (n_hidden,)
              Xtr  (rows, block_size)

    Hint: Compute everything up to the first matrix product, but for all rows of `Xtr` at once and not for the
    last batch.
    """
    raise NotImplementedError


def split_loss(C, W1, b1, W2, b2, bngain, bnbias, bnmean_train, bnvar_train, x, y):
    """Compute the loss of the rows `x`, `y`, which may come from any split: the forward pass with the calibrated
    mean and variance.

    Returns:  loss_split  ()

    Given:    C             (vocab_size, n_embd)
              W1            (block_size * n_embd, n_hidden)
              b1            (n_hidden,)
              W2            (n_hidden, vocab_size)
              b2            (vocab_size,)
              bngain        (1, n_hidden)
              bnbias        (1, n_hidden)
              bnmean_train  (1, n_hidden)
              bnvar_train   (1, n_hidden)
              x             (rows, block_size)
              y             (rows,)

    Hint: Run the forward pass on the rows you are given, with the calibrated mean and variance where a batch
    would have its own.
    """
    raise NotImplementedError


def sample(C, W1, b1, W2, b2, bngain, bnbias, bnmean_train, bnvar_train, block_size, vocabulary, generator):
    """Draw one name. Start from a context of zeros, and draw one character after another with the network's
    probabilities (with the calibrated mean and variance), until you draw `.`

    Return it as a string that ends in `.`; `vocabulary[i]` is character number i, and `.` is number 0. Draw
    with the `generator`.

    Given:    C             (vocab_size, n_embd)
              W1            (block_size * n_embd, n_hidden)
              b1            (n_hidden,)
              W2            (n_hidden, vocab_size)
              b2            (vocab_size,)
              bngain        (1, n_hidden)
              bnbias        (1, n_hidden)
              bnmean_train  (1, n_hidden)
              bnvar_train   (1, n_hidden)
              block_size    an integer
              vocabulary    a string, one character for each index
              generator     a torch.Generator to draw with

    Hint: Start with a context of zeros. Compute the logits of the next character, draw it with
    torch.multinomial, and move the context on; stop at `.`
    """
    raise NotImplementedError
