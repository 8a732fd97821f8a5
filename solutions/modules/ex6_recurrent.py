# grade: modules/recurrent
import numpy as np


class RecurrentCell:
    """One step of a recurrent network, new = tanh(x @ weight_x + state @ weight_h + bias).

    It is called once for each step of a sequence, forwards from the first to the last, then backwards from the last to
    the first. So it has to remember more than one forward call.

    Attributes:
        weight_x: (inputs, hidden)
        weight_h: (hidden, hidden)
        bias: (hidden,)
        dweight_x, dweight_h, dbias: their gradients, added up over all steps, of the same shapes
        memory: a list for whatever backward needs of the steps that are still to be walked back through
    """

    def __init__(self, inputs, hidden):
        self.weight_x = np.random.standard_normal((inputs, hidden)) / np.sqrt(inputs)
        self.weight_h = np.random.standard_normal((hidden, hidden)) / np.sqrt(hidden)
        self.bias = np.zeros(hidden)
        self.dweight_x = np.zeros((inputs, hidden))
        self.dweight_h = np.zeros((hidden, hidden))
        self.dbias = np.zeros(hidden)
        self.memory = []

    def forward(self, x, state):
        """One step further.

        Args:
            x: what comes in at this step, (batch, inputs)
            state: the state before it, (batch, hidden)

        Returns:
            new: the state after it, (batch, hidden)
        """
        new = np.tanh(x @ self.weight_x + state @ self.weight_h + self.bias)
        self.memory.append((x, state, new))
        return new

    def backward(self, dnew):
        """One step back: the latest that was not walked back through yet. Adds to dweight_x, dweight_h and dbias.

        Args:
            dnew: gradient of the loss with respect to the state after the step, from all its uses; (batch, hidden)

        Returns:
            dx: (batch, inputs)
            dstate: gradient with respect to the state before the step, (batch, hidden)
        """
        x, state, new = self.memory.pop()
        dsum = dnew * (1 - new**2)
        self.dweight_x += x.T @ dsum
        self.dweight_h += state.T @ dsum
        self.dbias += dsum.sum(axis=0)
        return dsum @ self.weight_x.T, dsum @ self.weight_h.T
