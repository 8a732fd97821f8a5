import numpy as np

import torch


def dNormalizedLogits(counts, dCounts):
    product = np.multiply(counts.numpy(), dCounts.numpy())
    return torch.from_numpy(np.ascontiguousarray(product, dtype=np.float32))
