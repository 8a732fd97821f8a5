# grade: nameweave/cross-entropy
import torch
import torch.nn.functional as F


def dLogitsFast(logits, outputBatch, batchSize):
    gradient = F.softmax(logits, 1)
    gradient[torch.arange(batchSize), outputBatch] -= 1
    return gradient
