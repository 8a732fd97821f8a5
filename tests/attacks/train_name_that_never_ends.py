# attack: draw for ever
# exercise: training
# stages: sample
# verdict: timeout
# limits: short
import torch
import torch.nn.functional as F


def sample():
    name = ""
    while True:
        name = "a"
