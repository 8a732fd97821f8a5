# Layer norm, queries, keys and values, as before
scaled = F.layer_norm(x, (channels,), gamma, beta, 1e-5)
query = scaled @ weights_of_query
key = scaled @ weights_of_key
value = scaled @ weights_of_value

# Attention, in one go
scores = query @ key.transpose(-2, -1) * head ** -0.5
attention = torch.softmax(scores.masked_fill(~allowed, float("-inf")), -1)
attended = attention @ value

# The rest, as before
output = x + attended @ weights_of_output
loss = ((output - target) ** 2).mean()
