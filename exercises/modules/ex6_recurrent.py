# grade: modules/recurrent
"""Exercise 6: a recurrent cell through time

Write what is missing, and run `grade` in this folder as often as you like.

Names and arguments stay as they are, because this is how your code is used:

    cell = RecurrentCell(inputs, hidden)
    cell.weight_x, cell.weight_h, cell.bias = weight_x, weight_h, bias_h
    state_1 = cell.forward(sequence[0], start)
    state_2 = cell.forward(sequence[1], state_1)
    state_3 = cell.forward(sequence[2], state_2)
    state_4 = cell.forward(sequence[3], state_3)
    states = np.stack([state_1, state_2, state_3, state_4])
    dx_4, dstate_3 = cell.backward(dstates[3])
    dx_3, dstate_2 = cell.backward(dstates[2] + dstate_3)
    dx_2, dstate_1 = cell.backward(dstates[1] + dstate_2)
    dx_1, dstart = cell.backward(dstates[0] + dstate_1)
    dsequence = np.stack([dx_1, dx_2, dx_3, dx_4])
    dweight_x, dweight_h, dbias_h = cell.dweight_x, cell.dweight_h, cell.dbias

Each of the stages states, dsequence, dstart, dweight_x, dweight_h, dbias_h is compared with the right value.
Besides the numbers of the course, your code is tried on other sizes and other data, with any upstream
gradients: write each rule for any input, with no typed-in sizes.
"""

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
        raise NotImplementedError

    def backward(self, dnew):
        """One step back: the latest that was not walked back through yet. Adds to dweight_x, dweight_h and dbias.

        Args:
            dnew: gradient of the loss with respect to the state after the step, from all its uses; (batch, hidden)

        Returns:
            dx: (batch, inputs)
            dstate: gradient with respect to the state before the step, (batch, hidden)
        """
        raise NotImplementedError
