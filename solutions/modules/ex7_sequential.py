# grade: modules/sequential
class Sequential:
    """Layers one after the other: what comes out of one goes into the next.

    Attributes:
        layers: a list of objects with forward and backward, as you have written them
    """

    def __init__(self, layers):
        self.layers = layers

    def forward(self, x):
        """What comes out of the last layer, if x goes into the first."""
        for layer in self.layers:
            x = layer.forward(x)
        return x

    def backward(self, dout):
        """Walk back through all layers.

        Args:
            dout: gradient of the loss with respect to what came out of the last layer

        Returns:
            dx: gradient with respect to what went into the first
        """
        for layer in reversed(self.layers):
            dout = layer.backward(dout)
        return dout
