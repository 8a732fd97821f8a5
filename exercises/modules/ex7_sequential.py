# grade: modules/sequential
"""Exercise 7: a network, and the whole way back

Write what is missing, and run `grade` in this folder as often as you like.

Names and arguments stay as they are, because this is how your code is used:

    first, last = Linear(inputs, hidden), Linear(hidden, outputs)
    first.weight, first.bias = first_weight, first_bias
    last.weight, last.bias = last_weight, last_bias
    model, criterion = Sequential([first, Tanh(), last]), CrossEntropyLoss()
    logits = model.forward(x)
    loss = criterion.forward(logits, labels)
    dlogits = criterion.backward()
    dx = model.backward(dlogits)
    dlast_weight, dlast_bias = last.dweight, last.dbias
    dfirst_weight, dfirst_bias = first.dweight, first.dbias

Each of the stages logits, loss, dlogits, dx, dlast_weight, dlast_bias, dfirst_weight, dfirst_bias is compared
with the right value. Besides the numbers of the course, your code is tried on other sizes and other data, with
any upstream gradients: write each rule for any input, with no typed-in sizes.
"""


class Sequential:
    """Layers one after the other: what comes out of one goes into the next.

    Attributes:
        layers: a list of objects with forward and backward, as you have written them
    """

    def __init__(self, layers):
        self.layers = layers

    def forward(self, x):
        """What comes out of the last layer, if x goes into the first."""
        raise NotImplementedError

    def backward(self, dout):
        """Walk back through all layers.

        Args:
            dout: gradient of the loss with respect to what came out of the last layer

        Returns:
            dx: gradient with respect to what went into the first
        """
        raise NotImplementedError
