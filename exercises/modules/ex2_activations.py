# grade: modules/activations
"""Exercise 2: ReLU, sigmoid, tanh and GELU

Write what is missing, and run `grade` in this folder as often as you like.

Names and arguments stay as they are, because this is how your code is used:

    relu, sigmoid, tanh, gelu = ReLU(), Sigmoid(), Tanh(), GELU()
    y_relu = relu.forward(x_relu)
    dx_relu = relu.backward(dy_relu)
    y_sigmoid = sigmoid.forward(x_sigmoid)
    dx_sigmoid = sigmoid.backward(dy_sigmoid)
    y_tanh = tanh.forward(x_tanh)
    dx_tanh = tanh.backward(dy_tanh)
    y_gelu = gelu.forward(x_gelu)
    dx_gelu = gelu.backward(dy_gelu)

Each of the stages y_relu, dx_relu, y_sigmoid, dx_sigmoid, y_tanh, dx_tanh, y_gelu, dx_gelu is compared with the
right value. Besides the numbers of the course, your code is tried on other sizes and other data, with any
upstream gradients: write each rule for any input, with no typed-in sizes.
"""

import numpy as np


class ReLU:
    """What is positive stays, everything else becomes zero."""

    def forward(self, x):
        """x where it is positive, else zero; the shape is that of x, which may be any."""
        raise NotImplementedError

    def backward(self, dout):
        """The gradient with respect to x. dout has the shape of x, and so has the result."""
        raise NotImplementedError


class Sigmoid:
    """Each number squashed to between 0 and 1."""

    def forward(self, x):
        """1 / (1 + exp(-x)), element by element; the shape is that of x, which may be any."""
        raise NotImplementedError

    def backward(self, dout):
        """The gradient with respect to x. dout has the shape of x, and so has the result."""
        raise NotImplementedError


class Tanh:
    """Each number squashed to between -1 and 1."""

    def forward(self, x):
        """tanh(x), element by element; the shape is that of x, which may be any."""
        raise NotImplementedError

    def backward(self, dout):
        """The gradient with respect to x. dout has the shape of x, and so has the result."""
        raise NotImplementedError


class GELU:
    """x times a gate that opens as x grows; the gate is approximated by a tanh."""

    def forward(self, x):
        """x * (1 + tanh(sqrt(2 / pi) * (x + 0.044715 * x**3))) / 2; the shape is that of x, which may be any."""
        raise NotImplementedError

    def backward(self, dout):
        """The gradient with respect to x. dout has the shape of x, and so has the result."""
        raise NotImplementedError
