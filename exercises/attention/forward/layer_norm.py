# Layer norm, in one go
variance = x.var(-1, keepdims=True, correction=0)
inverse = (variance + 1e-5) ** -0.5
normalised = (x - x.mean(-1, keepdims=True)) * inverse
scaled = gamma * normalised + beta

# The rest, as before; the residual stays with what came in
scores = (scaled @ weights_of_query) @ (scaled @ weights_of_key).transpose(-2, -1) * head ** -0.5
attention = torch.softmax(scores.masked_fill(~allowed, float("-inf")), -1)
output = x.detach() + attention @ (scaled @ weights_of_value) @ weights_of_output
loss = ((output - target) ** 2).mean()
