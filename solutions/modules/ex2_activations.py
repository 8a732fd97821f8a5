# grade: modules/activations
import numpy as np


class ReLU:
    """What is positive stays, everything else becomes zero."""

    def forward(self, x):
        """x where it is positive, else zero; the shape is that of x, which may be any."""
        self.positive = x > 0
        return x * self.positive

    def backward(self, dout):
        """The gradient with respect to x. dout has the shape of x, and so has the result."""
        return dout * self.positive


class Sigmoid:
    """Each number squashed to between 0 and 1."""

    def forward(self, x):
        """1 / (1 + exp(-x)), element by element; the shape is that of x, which may be any."""
        self.out = 1 / (1 + np.exp(-x))
        return self.out

    def backward(self, dout):
        """The gradient with respect to x. dout has the shape of x, and so has the result."""
        return dout * self.out * (1 - self.out)


class Tanh:
    """Each number squashed to between -1 and 1."""

    def forward(self, x):
        """tanh(x), element by element; the shape is that of x, which may be any."""
        self.out = np.tanh(x)
        return self.out

    def backward(self, dout):
        """The gradient with respect to x. dout has the shape of x, and so has the result."""
        return dout * (1 - self.out**2)


class GELU:
    """x times a gate that opens as x grows; the gate is approximated by a tanh."""

    def forward(self, x):
        """x * (1 + tanh(sqrt(2 / pi) * (x + 0.044715 * x**3))) / 2; the shape is that of x, which may be any."""
        self.x = x
        self.tanh = np.tanh(np.sqrt(2 / np.pi) * (x + 0.044715 * x**3))
        return x * (1 + self.tanh) / 2

    def backward(self, dout):
        """The gradient with respect to x. dout has the shape of x, and so has the result."""
        dinside = np.sqrt(2 / np.pi) * (1 + 3 * 0.044715 * self.x**2)
        dgate = (1 - self.tanh**2) / 2 * dinside
        return dout * ((1 + self.tanh) / 2 + self.x * dgate)
