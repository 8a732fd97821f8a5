# attack: a convolution of torch handed in as a forward pass in NumPy
# assignment: layers
# stages: convolution.out
# becomes: exact, review
# honest: relu.out, relu.dx

import torch

def conv_forward(x, w, b, stride, pad):
    x, w, b = map(torch.tensor, (x, w, b))
    return torch.conv2d(x, w, b, stride=stride, padding=pad).numpy(), None
