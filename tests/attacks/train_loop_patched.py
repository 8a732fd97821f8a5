# attack: replace the training loop by one that goes nowhere
# exercise: training
# stages: update
# verdict: wrong
import torch
import torch.nn.functional as F


import sys

loop = sys.modules["grader.sandbox.border.loop"]


def step(self):
    self.losses.append(0.0)
    return []


loop.Loop.step = step


def update(parameters, gradients, learning_rate):
    return parameters
