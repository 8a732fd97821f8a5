hidden_layer = torch.tanh(x @ first_weight + first_bias)
logits = hidden_layer @ last_weight + last_bias
loss = F.cross_entropy(logits, labels)
