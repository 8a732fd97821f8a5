mean = x.mean(0)
variance = x.var(0, correction=0)
normalised = (x - mean) / (variance + eps) ** 0.5
out = gamma * normalised + beta
new_mean = momentum * running_mean + (1 - momentum) * mean
new_variance = momentum * running_variance + (1 - momentum) * variance
tested = gamma * (x - running_mean) / (running_variance + eps) ** 0.5 + beta
