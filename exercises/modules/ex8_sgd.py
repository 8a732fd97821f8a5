# grade: modules/sgd
"""Exercise 8: gradient descent with momentum and weight decay

Write what is missing, and run `grade` in this folder as often as you like.

Names and arguments stay as they are, because this is how your code is used:

    optimiser = SGD([weight, bias], rate, momentum, decay)
    optimiser.step([slope_1, bias_slope_1])
    velocity_1, weight_1 = optimiser.velocities[0], optimiser.parameters[0]
    optimiser.step([slope_2, bias_slope_2])
    velocity_2, weight_2 = optimiser.velocities[0], optimiser.parameters[0]
    bias_2 = optimiser.parameters[1]

Each of the stages velocity_1, weight_1, velocity_2, weight_2, bias_2 is compared with the right value. Besides
the numbers of the course, your code is tried on other sizes and other data, with any upstream gradients: write
each rule for any input, with no typed-in sizes.
"""

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
        raise NotImplementedError
