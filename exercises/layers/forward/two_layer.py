active = torch.relu(x @ W1 + b1)
logits = active @ W2 + b2
data_loss = F.cross_entropy(logits, y)
penalty = 0.5 * reg * ((W1 ** 2).sum() + (W2 ** 2).sum())
loss = data_loss + penalty
