# grade: attention/softmax
import torch


def dscores_fast(attention, dattention):
    return attention * (dattention - (attention * dattention).sum(-1, keepdims=True))
