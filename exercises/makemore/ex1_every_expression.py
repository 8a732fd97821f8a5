# grade: makemore/every-expression
"""Exercise 1: every expression

Write one gradient per function, and run `grade` in this folder as often as you like.

The names of a function's arguments say what it is given: any tensor of the forward pass, any size, and the gradients
of the tensors that its own tensor feeds into. Add or drop arguments as you need them. Besides the numbers of the
course, your functions are tried on other sizes and data and with arbitrary upstream gradients, so write each rule for
any input: no typed-in sizes, and nothing that only holds for this loss.
"""

import torch


def dlogprobs(logprobs, n, Yb):
    """Gradient of the loss with respect to `logprobs`, shape (n, vocab_size).

    Forward:  loss = -logprobs[torch.arange(n), Yb].mean()

    Given:    logprobs  (n, vocab_size)
              n         an integer
              Yb        (n,)

    Hint: The loss reads only one entry of each row. What is the derivative of a mean with respect to one of the
    numbers in it, and what is it for the entries nobody reads?
    """
    raise NotImplementedError


def dprobs(probs, dlogprobs):
    """Gradient of the loss with respect to `probs`, shape (n, vocab_size).

    Forward:  logprobs = probs.log()

    Given:    probs      (n, vocab_size)
              dlogprobs  (n, vocab_size)

    Hint: The logarithm acts on each element on its own. Multiply its derivative by the gradient from above.
    """
    raise NotImplementedError


def dcounts_sum_inv(counts_sum_inv, counts, dprobs):
    """Gradient of the loss with respect to `counts_sum_inv`, shape (n, 1).

    Forward:  probs = counts * counts_sum_inv

    Given:    counts_sum_inv  (n, 1)
              counts          (n, vocab_size)
              dprobs          (n, vocab_size)

    Hint: One number per row was broadcast along the row. What broadcasting copies on the way forward is added
    up on the way back.
    """
    raise NotImplementedError


def dcounts_sum(counts_sum, dcounts_sum_inv):
    """Gradient of the loss with respect to `counts_sum`, shape (n, 1).

    Forward:  counts_sum_inv = counts_sum ** -1

    Given:    counts_sum       (n, 1)
              dcounts_sum_inv  (n, 1)

    Hint: Use the power rule, with exponent −1.
    """
    raise NotImplementedError


def dcounts(counts, counts_sum_inv, dcounts_sum, dprobs):
    """Gradient of the loss with respect to `counts`, shape (n, vocab_size).

    Forward:  counts_sum = counts.sum(1, keepdims=True)
              probs = counts * counts_sum_inv

    Given:    counts          (n, vocab_size)
              counts_sum_inv  (n, 1)
              dcounts_sum     (n, 1)
              dprobs          (n, vocab_size)

    Hint: `counts` is used in two lines. Each use sends a gradient back, and the two add up.
    """
    raise NotImplementedError


def dnorm_logits(norm_logits, counts, dcounts):
    """Gradient of the loss with respect to `norm_logits`, shape (n, vocab_size).

    Forward:  counts = norm_logits.exp()

    Given:    norm_logits  (n, vocab_size)
              counts       (n, vocab_size)
              dcounts      (n, vocab_size)

    Hint: The exponential is its own derivative, and its value is already there under another name.
    """
    raise NotImplementedError


def dlogit_maxes(logit_maxes, logits, dnorm_logits):
    """Gradient of the loss with respect to `logit_maxes`, shape (n, 1).

    Forward:  norm_logits = logits - logit_maxes

    Given:    logit_maxes   (n, 1)
              logits        (n, vocab_size)
              dnorm_logits  (n, vocab_size)

    Hint: It is subtracted from every element of its row. Mind the sign, and add up what was broadcast.
    """
    raise NotImplementedError


def dlogits(logits, logit_maxes, dlogit_maxes, dnorm_logits):
    """Gradient of the loss with respect to `logits`, shape (n, vocab_size).

    Forward:  logit_maxes = logits.max(1, keepdims=True).values
              norm_logits = logits - logit_maxes

    Given:    logits        (n, vocab_size)
              logit_maxes   (n, 1)
              dlogit_maxes  (n, 1)
              dnorm_logits  (n, vocab_size)

    Hint: There are two uses: the subtraction and the maximum. The maximum passes its gradient only to the
    largest element of the row.
    """
    raise NotImplementedError


def dh(h, W2, b2, dlogits):
    """Gradient of the loss with respect to `h`, shape (n, n_hidden).

    Forward:  logits = h @ W2 + b2

    Given:    h        (n, n_hidden)
              W2       (n_hidden, vocab_size)
              b2       (vocab_size,)
              dlogits  (n, vocab_size)

    Hint: This is a matrix product. If in doubt, let the shapes decide: only one arrangement of the two factors
    fits.
    """
    raise NotImplementedError


def dW2(W2, h, b2, dlogits):
    """Gradient of the loss with respect to `W2`, shape (n_hidden, vocab_size).

    Forward:  logits = h @ W2 + b2

    Given:    W2       (n_hidden, vocab_size)
              h        (n, n_hidden)
              b2       (vocab_size,)
              dlogits  (n, vocab_size)

    Hint: This is the other factor of the same matrix product. The result has the shape of the weights.
    """
    raise NotImplementedError


def db2(b2, h, W2, dlogits):
    """Gradient of the loss with respect to `b2`, shape (vocab_size,).

    Forward:  logits = h @ W2 + b2

    Given:    b2       (vocab_size,)
              h        (n, n_hidden)
              W2       (n_hidden, vocab_size)
              dlogits  (n, vocab_size)

    Hint: The same bias was added to every row of the batch. Over which axis does the gradient have to be added
    up?
    """
    raise NotImplementedError


def dhpreact(hpreact, h, dh):
    """Gradient of the loss with respect to `hpreact`, shape (n, n_hidden).

    Forward:  h = torch.tanh(hpreact)

    Given:    hpreact  (n, n_hidden)
              h        (n, n_hidden)
              dh       (n, n_hidden)

    Hint: The derivative of tanh can be written with the value of tanh alone, and you have that value.
    """
    raise NotImplementedError


def dbngain(bngain, bnraw, bnbias, dhpreact):
    """Gradient of the loss with respect to `bngain`, shape (1, n_hidden).

    Forward:  hpreact = bngain * bnraw + bnbias

    Given:    bngain    (1, n_hidden)
              bnraw     (n, n_hidden)
              bnbias    (1, n_hidden)
              dhpreact  (n, n_hidden)

    Hint: They are multiplied element by element, and broadcast over the batch. Keep the axis of length 1.
    """
    raise NotImplementedError


def dbnbias(bnbias, bngain, bnraw, dhpreact):
    """Gradient of the loss with respect to `bnbias`, shape (1, n_hidden).

    Forward:  hpreact = bngain * bnraw + bnbias

    Given:    bnbias    (1, n_hidden)
              bngain    (1, n_hidden)
              bnraw     (n, n_hidden)
              dhpreact  (n, n_hidden)

    Hint: They are added to every row of the batch. Keep the axis of length 1.
    """
    raise NotImplementedError


def dbnraw(bnraw, bngain, bnbias, dhpreact):
    """Gradient of the loss with respect to `bnraw`, shape (n, n_hidden).

    Forward:  hpreact = bngain * bnraw + bnbias

    Given:    bnraw     (n, n_hidden)
              bngain    (1, n_hidden)
              bnbias    (1, n_hidden)
              dhpreact  (n, n_hidden)

    Hint: This is the other factor of the product with the gains. Nothing was broadcast on this side.
    """
    raise NotImplementedError


def dbnvar_inv(bnvar_inv, bndiff, dbnraw):
    """Gradient of the loss with respect to `bnvar_inv`, shape (1, n_hidden).

    Forward:  bnraw = bndiff * bnvar_inv

    Given:    bnvar_inv  (1, n_hidden)
              bndiff     (n, n_hidden)
              dbnraw     (n, n_hidden)

    Hint: The whole batch used one number per column. Over which axis do you add up?
    """
    raise NotImplementedError


def dbnvar(bnvar, dbnvar_inv):
    """Gradient of the loss with respect to `bnvar`, shape (1, n_hidden).

    Forward:  bnvar_inv = (bnvar + 1e-5) ** -0.5

    Given:    bnvar       (1, n_hidden)
              dbnvar_inv  (1, n_hidden)

    Hint: Apply the chain rule to (v + 1e-5) to the power −0.5. The exponent comes down, and falls by one.
    """
    raise NotImplementedError


def dbndiff2(bndiff2, n, dbnvar):
    """Gradient of the loss with respect to `bndiff2`, shape (n, n_hidden).

    Forward:  bnvar = 1 / (n - 1) * bndiff2.sum(0, keepdims=True)

    Given:    bndiff2  (n, n_hidden)
              n        an integer
              dbnvar   (1, n_hidden)

    Hint: This is a sum over the batch, times a constant, so each element gets the same share. Look at the
    constant: is it n or n − 1?
    """
    raise NotImplementedError


def dbndiff(bndiff, bnvar_inv, dbndiff2, dbnraw):
    """Gradient of the loss with respect to `bndiff`, shape (n, n_hidden).

    Forward:  bndiff2 = bndiff ** 2
              bnraw = bndiff * bnvar_inv

    Given:    bndiff     (n, n_hidden)
              bnvar_inv  (1, n_hidden)
              dbndiff2   (n, n_hidden)
              dbnraw     (n, n_hidden)

    Hint: There are two uses: it is squared, and it is multiplied by the inverse deviation.
    """
    raise NotImplementedError


def dbnmeani(bnmeani, hprebn, dbndiff):
    """Gradient of the loss with respect to `bnmeani`, shape (1, n_hidden).

    Forward:  bndiff = hprebn - bnmeani

    Given:    bnmeani  (1, n_hidden)
              hprebn   (n, n_hidden)
              dbndiff  (n, n_hidden)

    Hint: It is subtracted from every row of the batch. Mind the sign.
    """
    raise NotImplementedError


def dhprebn(hprebn, n, bnmeani, dbnmeani, dbndiff):
    """Gradient of the loss with respect to `hprebn`, shape (n, n_hidden).

    Forward:  bnmeani = 1 / n * hprebn.sum(0, keepdims=True)
              bndiff = hprebn - bnmeani

    Given:    hprebn    (n, n_hidden)
              n         an integer
              bnmeani   (1, n_hidden)
              dbnmeani  (1, n_hidden)
              dbndiff   (n, n_hidden)

    Hint: There are two uses: directly in the difference, and through the mean, to which each row contributes 1
    / n of itself.
    """
    raise NotImplementedError


def dembcat(embcat, W1, b1, dhprebn):
    """Gradient of the loss with respect to `embcat`, shape (n, block_size * n_embd).

    Forward:  hprebn = embcat @ W1 + b1

    Given:    embcat   (n, block_size * n_embd)
              W1       (block_size * n_embd, n_hidden)
              b1       (n_hidden,)
              dhprebn  (n, n_hidden)

    Hint: This is a matrix product again, as in the final layer.
    """
    raise NotImplementedError


def dW1(W1, embcat, b1, dhprebn):
    """Gradient of the loss with respect to `W1`, shape (block_size * n_embd, n_hidden).

    Forward:  hprebn = embcat @ W1 + b1

    Given:    W1       (block_size * n_embd, n_hidden)
              embcat   (n, block_size * n_embd)
              b1       (n_hidden,)
              dhprebn  (n, n_hidden)

    Hint: This is a matrix product again, as in the final layer.
    """
    raise NotImplementedError


def db1(b1, embcat, W1, dhprebn):
    """Gradient of the loss with respect to `b1`, shape (n_hidden,).

    Forward:  hprebn = embcat @ W1 + b1

    Given:    b1       (n_hidden,)
              embcat   (n, block_size * n_embd)
              W1       (block_size * n_embd, n_hidden)
              dhprebn  (n, n_hidden)

    Hint: They are added to every row of the batch.
    """
    raise NotImplementedError


def demb(emb, dembcat):
    """Gradient of the loss with respect to `emb`, shape (n, block_size, n_embd).

    Forward:  embcat = emb.view(emb.shape[0], -1)

    Given:    emb      (n, block_size, n_embd)
              dembcat  (n, block_size * n_embd)

    Hint: A view only rearranges positions: no number changes on the way forward, and none on the way back.
    """
    raise NotImplementedError


def dC(C, Xb, demb):
    """Gradient of the loss with respect to `C`, shape (vocab_size, n_embd).

    Forward:  emb = C[Xb]

    Given:    C     (vocab_size, n_embd)
              Xb    (n, block_size)
              demb  (n, block_size, n_embd)

    Hint: A row of the table may be looked up many times, and every look-up adds its gradient to that row.
    """
    raise NotImplementedError
