# Gradients made when they are first there, and put in the place of the old ones; static helpers, closures as memory.
import numpy as np


def add(old, new):
    return new if old is None else np.add(old, new)


class Linear:
    dweight = dbias = None

    def __init__(self, *shape):
        self.weight = np.random.randn(*shape)
        self.bias = np.random.randn(1, shape[1])

    def forward(self, x):
        def back(dout):
            self.dweight = add(self.dweight, np.tensordot(x, dout, axes=(0, 0)))
            self.dbias = add(self.dbias, np.sum(dout, 0))
            return np.inner(dout, self.weight)

        self.back = back
        return np.matmul(x, self.weight) + self.bias

    def backward(self, dout):
        return self.back(dout)


class ReLU:
    def forward(self, x):
        self.out = np.where(x < 0, 0, x)
        return self.out

    def backward(self, dout):
        dx = dout.copy()
        dx[self.out == 0] = 0
        return dx


class Sigmoid:
    @staticmethod
    def value(x):
        return 1 / (1 + np.exp(-x))

    def forward(self, x):
        self.x = x
        return self.value(x)

    def backward(self, dout):
        return dout * np.exp(-self.x) / (1 + np.exp(-self.x)) ** 2


class Tanh:
    def forward(self, x):
        self.x = x
        return np.sinh(x) / np.cosh(x)

    def backward(self, dout):
        return dout * (1 - np.square(np.tanh(self.x)))


class GELU:
    ROOT = np.sqrt(2 / np.pi)

    def forward(self, x):
        self.x = x
        return 0.5 * x * (1 + np.tanh(self.ROOT * (x + 0.044715 * x * x * x)))

    def backward(self, dout):
        x, t = self.x, np.tanh(self.ROOT * (self.x + 0.044715 * self.x**3))
        return 0.5 * dout * (1 + t + x * (1 - t * t) * self.ROOT * (1 + 3 * 0.044715 * x * x))


class BatchNorm1d:
    dgain = dshift = None
    training = True

    def __init__(self, features):
        self.gain, self.shift = np.ones((1, features)), np.zeros((1, features))
        self.running_mean, self.running_variance = np.zeros(features), np.ones(features)

    def forward(self, x):
        if self.training:
            self.running_mean = 0.9 * self.running_mean + 0.1 * np.mean(x, 0)
            self.running_variance = 0.9 * self.running_variance + 0.1 * np.var(x, 0, ddof=1)
            mean, variance = np.mean(x, 0, keepdims=True), np.var(x, 0, keepdims=True)
        else:
            mean, variance = self.running_mean[None], self.running_variance[None]
        self.hat, self.std = (x - mean) / np.sqrt(variance + 1e-5), np.sqrt(variance + 1e-5)
        return self.hat * self.gain + self.shift

    def backward(self, dout):
        dgain, dshift, n = np.sum(dout * self.hat, 0), np.sum(dout, 0), dout.shape[0]
        self.dgain, self.dshift = add(self.dgain, dgain), add(self.dshift, dshift)
        if self.training:
            return self.gain / self.std / n * (n * dout - dshift - self.hat * dgain)
        return self.gain / self.std * dout


class Embedding:
    dtable = None

    def __init__(self, words, features):
        self.table = np.random.randn(words, features)

    def forward(self, tokens):
        self.tokens = tokens.reshape(-1)
        return np.take(self.table, tokens, axis=0)

    def backward(self, dout):
        found = np.zeros_like(self.table)
        for word in np.unique(self.tokens):
            found[word] = dout.reshape(-1, dout.shape[-1])[self.tokens == word].sum(0)
        self.dtable = add(self.dtable, found)


class CrossEntropyLoss:
    def forward(self, scores, labels):
        self.scores, self.labels = scores, labels
        return np.mean(np.log(np.exp(scores).sum(1)) - scores[range(len(labels)), labels])

    def backward(self):
        softmax = np.exp(self.scores) / np.exp(self.scores).sum(1, keepdims=True)
        hit = self.labels[:, None] == np.arange(self.scores.shape[1])
        return softmax / len(softmax) - hit / len(softmax)


class MSELoss:
    def forward(self, guess, target):
        self.d = target - guess
        return np.vdot(self.d, self.d) / self.d.size

    def backward(self):
        return -self.d * 2 / self.d.size


class RecurrentCell:
    def __init__(self, inputs, hidden):
        self.stack, self.dweight_x, self.dweight_h, self.dbias = [], None, None, None

    def forward(self, x, state):
        new = np.tanh(self.bias + x @ self.weight_x + state @ self.weight_h)

        def back(dnew):
            d = (1 + new) * (1 - new) * dnew
            self.dbias = add(self.dbias, d.sum(0))
            self.dweight_h = add(self.dweight_h, (d.T @ state).T)
            self.dweight_x = add(self.dweight_x, (d.T @ x).T)
            return d @ self.weight_x.T, d @ self.weight_h.T

        self.stack += [back]
        return new

    def backward(self, dnew):
        return self.stack.pop()(dnew)


class Sequential:
    def __init__(self, layers):
        self.first, self.rest = layers[0], layers[1:]

    def forward(self, x):
        from functools import reduce

        return reduce(lambda value, layer: layer.forward(value), self.rest, self.first.forward(x))

    def backward(self, dout):
        for layer in self.rest[::-1]:
            dout = layer.backward(dout)
        return self.first.backward(dout)


class SGD:
    def __init__(self, parameters, rate, momentum, decay):
        self.parameters, self.velocities = parameters, None
        self.rate, self.momentum, self.decay = rate, momentum, decay

    def step(self, gradients):
        pushes = [g + self.decay * p for g, p in zip(gradients, self.parameters)]
        if self.velocities is None:
            self.velocities = pushes
        else:
            self.velocities = [self.momentum * v + push for v, push in zip(self.velocities, pushes)]
        self.parameters = [p - self.rate * v for p, v in zip(self.parameters, self.velocities)]
