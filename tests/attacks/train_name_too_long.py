# attack: return a name of a hundred megabytes
# exercise: training
# stages: sample
import torch
import torch.nn.functional as F


def sample():
    return "a" * 100_000_000 + "."
