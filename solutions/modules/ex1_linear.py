# grade: modules/linear
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
        self.x = x
        return x @ self.weight + self.bias

    def backward(self, dout):
        """Walk back through the forward call that came last, and add to dweight and dbias.

        A layer may be used more than once before its parameters are changed: what a call finds is added to what
        the calls before it have found.

        Args:
            dout: gradient of the loss with respect to out, (batch, outputs)

        Returns:
            dx: (batch, inputs)
        """
        self.dweight += self.x.T @ dout
        self.dbias += dout.sum(axis=0)
        return dout @ self.weight.T
