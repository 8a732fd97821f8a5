# grade: attention/attention
import torch


def attend_backward(query, key, value, attention, head, dattended):
    dvalue = attention.transpose(-2, -1) @ dattended
    dattention = dattended @ value.transpose(-2, -1)
    dscores = attention * (dattention - (attention * dattention).sum(-1, keepdims=True))
    dquery = dscores @ key * head ** -0.5
    dkey = dscores.transpose(-2, -1) @ query * head ** -0.5
    return dquery, dkey, dvalue
