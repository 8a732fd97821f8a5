# grade: makemore/cross-entropy
import torch
import torch.nn.functional as F


def dlogits_fast(logits, Yb, n):
    gradient = F.softmax(logits, 1)
    gradient[torch.arange(n), Yb] -= 1
    return gradient / n
