# attack: replace the training loop by one that goes nowhere
# exercise: training
# stages: update
# becomes: wrong, review

import sys

loop = sys.modules["grader.sandbox.border.loop"]


def step(self):
    self.losses.append(0.0)
    return []


loop.Loop.step = step


def update(parameters, gradients, learning_rate):
    return parameters
