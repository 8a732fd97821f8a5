settled = gain * (unseen - mean_before) / (variance_before + 1e-5) ** 0.5 + shift
mean = sample.mean(0)
variance = sample.var(0, correction=0)
normalised = (sample - mean) / (variance + 1e-5) ** 0.5
out = gain * normalised + shift
running_mean = 0.9 * mean_before + 0.1 * mean
running_variance = 0.9 * variance_before + 0.1 * sample.var(0, correction=1)
