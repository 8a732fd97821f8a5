# grade: modules/batch-norm
"""Exercise 3: batch norm, in training and in evaluation

Write what is missing, and run `grade` in this folder as often as you like.

Names and arguments stay as they are, because this is how your code is used:

    layer = BatchNorm1d(hidden)
    layer.gain, layer.shift = gain, shift
    layer.running_mean, layer.running_variance = mean_before, variance_before
    layer.training = False
    settled = layer.forward(unseen)
    dunseen = layer.backward(dsettled)
    layer.training = True
    out = layer.forward(sample)
    running_mean, running_variance = layer.running_mean, layer.running_variance
    dsample = layer.backward(dout)
    dgain, dshift = layer.dgain, layer.dshift

Each of the stages settled, dunseen, out, dsample, dgain, dshift, running_mean, running_variance is compared
with the right value. Besides the numbers of the course, your code is tried on other sizes and other data, with
any upstream gradients: write each rule for any input, with no typed-in sizes.
"""

import numpy as np


class BatchNorm1d:
    """Batch norm over the rows of a batch.

    In training, mean and variance are those of the batch, and the running averages move towards them. In evaluation,
    the running averages take their place, and stay as they are.

    Attributes:
        gain: (features,)
        shift: (features,)
        dgain: the gradients of gain that backward has found, added up; (features,)
        dshift: the same of shift; (features,)
        running_mean: (features,)
        running_variance: (features,), of the unbiased variance
        epsilon: added to a variance before its root is taken
        momentum: the share of the new batch in the running averages
        training: whether it is in training, or in evaluation
    """

    def __init__(self, features, epsilon=1e-5, momentum=0.1):
        self.gain = np.ones(features)
        self.shift = np.zeros(features)
        self.dgain = np.zeros(features)
        self.dshift = np.zeros(features)
        self.running_mean = np.zeros(features)
        self.running_variance = np.ones(features)
        self.epsilon = epsilon
        self.momentum = momentum
        self.training = True

    def forward(self, x):
        """Normalise x, then scale and shift it.

        The batch is normalised with its biased variance, divided by n; the running average is one of the unbiased
        variance, divided by n - 1.

        Args:
            x: (batch, features)

        Returns:
            out: (batch, features)
        """
        raise NotImplementedError

    def backward(self, dout):
        """Walk back through the forward call that came last, and add to dgain and dshift.

        Args:
            dout: gradient of the loss with respect to out, (batch, features)

        Returns:
            dx: (batch, features)
        """
        raise NotImplementedError
