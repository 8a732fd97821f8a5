# Everything up to the logits, as before
embcat = C[Xb].view(n, -1)
hprebn = embcat @ W1 + b1
bnmean = hprebn.mean(0, keepdims=True)
bnvar = hprebn.var(0, keepdims=True, correction=1)
bnraw = (hprebn - bnmean) * (bnvar + 1e-5) ** -0.5
h = torch.tanh(bngain * bnraw + bnbias)
logits = h @ W2 + b2

# Cross entropy, in one go
loss = F.cross_entropy(logits, Yb)
