# grade: modules/linear
"""Exercise 1: a linear layer

Write what is missing, and run `grade` in this folder as often as you like.

Names and arguments stay as they are, because this is how your code is used:

    layer = Linear(inputs, outputs)
    layer.weight, layer.bias = weight, bias
    out = layer.forward(x)
    dx = layer.backward(dout)
    later = layer.forward(x_later)
    dx_later = layer.backward(dlater)
    dweight, dbias = layer.dweight, layer.dbias

Each of the stages out, dx, dweight, dbias is compared with the right value. Besides the numbers of the course,
your code is tried on other sizes and other data, with any upstream gradients: write each rule for any input,
with no typed-in sizes.
"""

import numpy as np


class Linear:
    """A linear layer, out = x @ weight + bias.

    Attributes:
        weight: (inputs, outputs)
        bias: (outputs,)
        dweight: the gradients of weight that backward has found, added up; (inputs, outputs)
        dbias: the same of bias; (outputs,)
    """

    def __init__(self, inputs, outputs):
        self.weight = np.random.standard_normal((inputs, outputs)) / np.sqrt(inputs)
        self.bias = np.zeros(outputs)
        self.dweight = np.zeros((inputs, outputs))
        self.dbias = np.zeros(outputs)

    def forward(self, x):
        """The output of the layer.

        Args:
            x: (batch, inputs)

        Returns:
            out: (batch, outputs)
        """
        raise NotImplementedError

    def backward(self, dout):
        """Walk back through the forward call that came last, and add to dweight and dbias.

        A layer may be used more than once before its parameters are changed: what a call finds is added to what
        the calls before it have found.

        Args:
            dout: gradient of the loss with respect to out, (batch, outputs)

        Returns:
            dx: (batch, inputs)
        """
        raise NotImplementedError
