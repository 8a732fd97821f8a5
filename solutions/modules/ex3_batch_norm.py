# grade: modules/batch-norm
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
        mean, variance = self.running_mean, self.running_variance
        if self.training:
            mean, variance = x.mean(axis=0), x.var(axis=0)
            kept = 1 - self.momentum
            self.running_mean = kept * self.running_mean + self.momentum * mean
            self.running_variance = kept * self.running_variance + self.momentum * x.var(axis=0, ddof=1)
        self.deviation = np.sqrt(variance + self.epsilon)
        self.normalised = (x - mean) / self.deviation
        return self.gain * self.normalised + self.shift

    def backward(self, dout):
        """Walk back through the forward call that came last, and add to dgain and dshift.

        Args:
            dout: gradient of the loss with respect to out, (batch, features)

        Returns:
            dx: (batch, features)
        """
        self.dgain += (dout * self.normalised).sum(axis=0)
        self.dshift += dout.sum(axis=0)
        dnormalised = dout * self.gain
        if not self.training:
            return dnormalised / self.deviation
        along = self.normalised * (dnormalised * self.normalised).mean(axis=0)
        return (dnormalised - dnormalised.mean(axis=0) - along) / self.deviation
