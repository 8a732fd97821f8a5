# What the network starts from: its parameters and one batch.
# Given: the sizes, the rows of the training set, and one generator, so that everyone sees the same numbers.

C = torch.randn((vocab_size, n_embd), generator=generator)
W1 = torch.randn((block_size * n_embd, n_hidden), generator=generator) * (5 / 3) / (block_size * n_embd) ** 0.5
b1 = torch.randn(n_hidden, generator=generator) * 0.1
W2 = torch.randn((n_hidden, vocab_size), generator=generator) * 0.1
b2 = torch.randn(vocab_size, generator=generator) * 0.1
bngain = torch.randn((1, n_hidden), generator=generator) * 0.1 + 1
bnbias = torch.randn((1, n_hidden), generator=generator) * 0.1
ix = torch.randint(0, Xtr.shape[0], (n,), generator=generator)
Xb = Xtr[ix]
Yb = Ytr[ix]
