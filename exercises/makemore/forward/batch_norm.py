# Embedding and first linear layer, as before
embcat = C[Xb].view(n, -1)
hprebn = embcat @ W1 + b1

# Batch norm, in one go
bnmeani = hprebn.mean(0, keepdims=True)
bnvar = hprebn.var(0, keepdims=True, correction=1)
bnvar_inv = (bnvar + 1e-5) ** -0.5
bnraw = (hprebn - bnmeani) * bnvar_inv
hpreact = bngain * bnraw + bnbias

# The rest, as before
h = torch.tanh(hpreact)
logits = h @ W2 + b2
loss = F.cross_entropy(logits, Yb)
