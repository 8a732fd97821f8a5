mean = x.mean(1, keepdims=True)
variance = x.var(1, correction=0, keepdims=True)
normalised = (x - mean) / (variance + eps) ** 0.5
out = gamma * normalised + beta
