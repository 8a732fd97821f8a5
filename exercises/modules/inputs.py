# What the modules are tried on: batches, parameters, and what a layer or an optimiser starts from.
# Given: the sizes, and one generator, so that everyone sees the same numbers.

x = torch.randn((batch, inputs), generator=generator)
x_later = torch.randn((batch + 1, inputs), generator=generator)
weight = torch.randn((inputs, outputs), generator=generator)
bias = torch.randn(outputs, generator=generator)

x_relu = torch.randn((batch, hidden), generator=generator)
x_sigmoid = torch.randn((batch, hidden), generator=generator) * 2
x_tanh = torch.randn((batch, hidden), generator=generator)
x_gelu = torch.randn((batch, hidden), generator=generator) * 2

sample = torch.randn((batch, hidden), generator=generator)
unseen = torch.randn((batch + 1, hidden), generator=generator)
gain = torch.rand(hidden, generator=generator) + 0.5
shift = torch.randn(hidden, generator=generator)
mean_before = torch.randn(hidden, generator=generator)
variance_before = torch.rand(hidden, generator=generator) + 0.5

table = torch.randn((words, hidden), generator=generator)
tokens = torch.randint(0, words, (batch, length), generator=generator)
tokens_later = torch.randint(0, words, (length, batch), generator=generator)

scores = torch.randn((batch, outputs), generator=generator) * 2
labels = torch.randint(0, outputs, (batch,), generator=generator)
guess = torch.randn((batch, hidden), generator=generator)
target = torch.randn((batch, hidden), generator=generator)

sequence = torch.randn((4, batch, inputs), generator=generator)
start = torch.randn((batch, hidden), generator=generator)
weight_x = torch.randn((inputs, hidden), generator=generator) * 0.5
weight_h = torch.randn((hidden, hidden), generator=generator) * 0.5
bias_h = torch.randn(hidden, generator=generator) * 0.5

first_weight = torch.randn((inputs, hidden), generator=generator) * 0.5
first_bias = torch.randn(hidden, generator=generator) * 0.5
last_weight = torch.randn((hidden, outputs), generator=generator) * 0.5
last_bias = torch.randn(outputs, generator=generator) * 0.5

slope_1 = torch.randn((inputs, outputs), generator=generator)
slope_2 = torch.randn((inputs, outputs), generator=generator)
bias_slope_1 = torch.randn(outputs, generator=generator)
bias_slope_2 = torch.randn(outputs, generator=generator)
rate = torch.rand((), generator=generator) * 0.2 + 0.1
momentum = torch.rand((), generator=generator) * 0.4 + 0.5
decay = torch.rand((), generator=generator) * 0.2 + 0.1
