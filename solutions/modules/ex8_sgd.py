# grade: modules/sgd
import numpy as np


class SGD:
    """Gradient descent with momentum and weight decay.

    Weight decay adds decay * parameter to the gradient of each parameter. The velocity of a parameter is momentum times
    what it was before, plus that sum; a step goes against it, rate times as far.

    Attributes:
        parameters: a list of arrays
        velocities: a list of arrays of the same shapes, zero before the first step
        rate, momentum, decay: numbers
    """

    def __init__(self, parameters, rate, momentum, decay):
        self.parameters = list(parameters)
        self.velocities = [np.zeros_like(parameter) for parameter in parameters]
        self.rate = rate
        self.momentum = momentum
        self.decay = decay

    def step(self, gradients):
        """Change all velocities, and then all parameters.

        Args:
            gradients: a list, with the gradient of each parameter
        """
        for place, gradient in enumerate(gradients):
            push = gradient + self.decay * self.parameters[place]
            self.velocities[place] = self.momentum * self.velocities[place] + push
            self.parameters[place] = self.parameters[place] - self.rate * self.velocities[place]
