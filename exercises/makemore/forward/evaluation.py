# The trained network, with the calibrated mean and variance: the loss of any rows, or what comes after one context
embcat_split = C[x].view(x.shape[0], -1)
hprebn_split = embcat_split @ W1 + b1
bnraw_split = (hprebn_split - bnmean_train) * (bnvar_train + 1e-5) ** -0.5
h_split = torch.tanh(bngain * bnraw_split + bnbias)
logits_split = h_split @ W2 + b2
loss_split = F.cross_entropy(logits_split, y)
