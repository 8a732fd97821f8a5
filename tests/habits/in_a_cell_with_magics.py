import torch

__author__ = "a student"
__version__ = "1.0"


def dNormalizedLogits(counts, dCounts):
    """d exp(x) = exp(x)

    loss.backward() would give normalizedLogits.grad; here it is by hand.
    """
    # autograd: torch.autograd.grad(loss, normalizedLogits)
    text = "torch.autograd.grad"
    return counts * dCounts if text else counts
