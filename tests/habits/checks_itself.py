import warnings

import torch

warnings.filterwarnings("ignore")


def same_shape(name, mine, other):
    if type(mine) is not type(other) or mine.shape != other.shape:
        raise ValueError(f"{name}: {mine.shape} is not {tuple(other.shape)}")


def dNormalizedLogits(counts, dCounts):
    with torch.no_grad():
        result = counts.mul(dCounts)
    same_shape("dNormalizedLogits", result, counts)
    assert torch.isfinite(result).all(), "{} of {} are not finite".format(
        (~torch.isfinite(result)).sum(), result.numel()
    )
    print("%.4f %s" % (result.abs().max().item(), type(result).__name__))
    return result
