# What the block starts from: a batch of sequences, its parameters, and what its output should be.
# Given: the sizes, and one generator, so that everyone sees the same numbers.

x = torch.randn((batch, time, channels), generator=generator)
target = torch.randn((batch, time, channels), generator=generator)
allowed = torch.tril(torch.ones(time, time)) > 0
gamma = torch.randn(channels, generator=generator) * 0.1 + 1
beta = torch.randn(channels, generator=generator) * 0.1
weights_of_query = torch.randn((channels, head), generator=generator) / channels ** 0.5
weights_of_key = torch.randn((channels, head), generator=generator) / channels ** 0.5
weights_of_value = torch.randn((channels, head), generator=generator) / channels ** 0.5
weights_of_output = torch.randn((head, channels), generator=generator) / head ** 0.5
