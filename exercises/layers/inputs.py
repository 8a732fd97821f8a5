# What the layers start from: data, parameters, and the numbers that a layer is told.
# Given: the sizes, and one generator, so that everyone sees the same numbers.

x = torch.randn((batch, features), generator=generator)
y = torch.randint(0, classes, (batch,), generator=generator)
scores = torch.randn((batch, classes), generator=generator) + 8  # times 100, exponentials overflow, their ratios do not underflow

# For the affine layer: each example is a small board, which the layer makes into a row.
boards = torch.randn((batch, channels, classes), generator=generator)
w = torch.randn((channels * classes, hidden), generator=generator)
b = torch.randn(hidden, generator=generator)

# For the network with two layers.
W1 = torch.randn((features, hidden), generator=generator) / features ** 0.5
b1 = torch.randn(hidden, generator=generator) * 0.5
W2 = torch.randn((hidden, classes), generator=generator) / hidden ** 0.5
b2 = torch.randn(classes, generator=generator) * 0.5
reg = 0.1

# For batch norm, layer norm and dropout.
gamma = torch.randn(features, generator=generator) * 0.3 + 1
beta = torch.randn(features, generator=generator) * 0.3
running_mean = torch.randn(features, generator=generator) * 0.5
running_variance = torch.rand(features, generator=generator) + 0.5
momentum = 0.9
eps = 1e-5
keep = 0.8
mask = torch.rand((batch, features), generator=generator) < keep

# For what is done with images.
images = torch.randn((batch // 2, channels, filter_height + 4, filter_width + 6), generator=generator)
filters = torch.randn((kinds, channels, filter_height, filter_width), generator=generator)
offsets = torch.randn(kinds, generator=generator)
stride = 2
pad = 1
scale = torch.randn(channels, generator=generator) * 0.3 + 1
shift = torch.randn(channels, generator=generator) * 0.3
