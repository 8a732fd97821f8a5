# Layer norm
mean = 1 / channels * x.sum(-1, keepdims=True)
centered = x - mean
squared = centered ** 2
variance = 1 / channels * squared.sum(-1, keepdims=True)
inverse = (variance + 1e-5) ** -0.5
normalised = centered * inverse
scaled = gamma * normalised + beta

# Scaled dot products of every query with every key
query = scaled @ weights_of_query
key = scaled @ weights_of_key
value = scaled @ weights_of_value
scores = query @ key.transpose(-2, -1) * head ** -0.5

# Softmax over what is not in the future
row_max = scores.max(-1, keepdims=True).values
shifted = scores - row_max
exps = shifted.exp()
kept = exps * allowed
total = kept.sum(-1, keepdims=True)
total_inverse = total ** -1
attention = kept * total_inverse

# What is attended to, projected back and added to what came in
attended = attention @ value
projected = attended @ weights_of_output
output = x + projected
loss = ((output - target) ** 2).mean()
