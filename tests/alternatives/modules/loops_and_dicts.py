# Python loops, everything that is remembered in a dictionary, sums written out.
import math

import numpy as np


class Linear:
    def __init__(self, n_in, n_out):
        self.weight, self.bias = np.ones((n_in, n_out)), np.zeros(n_out)
        self.dweight, self.dbias = np.zeros((n_in, n_out)), np.zeros(n_out)
        self.cache = {}

    def forward(self, x):
        self.cache["x"] = x.copy()
        out = np.empty((x.shape[0], self.weight.shape[1]))
        for n in range(out.shape[0]):
            for j in range(out.shape[1]):
                out[n, j] = self.bias[j] + sum(x[n, i] * self.weight[i, j] for i in range(x.shape[1]))
        return out

    def backward(self, dout):
        x = self.cache["x"]
        dx = np.zeros(x.shape)
        for n in range(dout.shape[0]):
            for j in range(dout.shape[1]):
                self.dbias[j] += dout[n, j]
                for i in range(x.shape[1]):
                    self.dweight[i, j] += x[n, i] * dout[n, j]
                    dx[n, i] += self.weight[i, j] * dout[n, j]
        return dx


class Elementwise:
    def forward(self, x):
        self.cache = {"x": x}
        return np.array([[self.value(each) for each in row] for row in x])

    def backward(self, dout):
        slopes = [[self.slope(each) for each in row] for row in self.cache["x"]]
        return np.multiply(slopes, dout)


class ReLU(Elementwise):
    def value(self, x):
        return max(x, 0.0)

    def slope(self, x):
        return 1.0 if x > 0 else 0.0


class Sigmoid(Elementwise):
    def value(self, x):
        return 1 / (1 + math.exp(-x)) if x >= 0 else math.exp(x) / (1 + math.exp(x))

    def slope(self, x):
        return self.value(x) * self.value(-x)


class Tanh(Elementwise):
    def value(self, x):
        return math.tanh(x)

    def slope(self, x):
        return 1 / math.cosh(x) ** 2


class GELU(Elementwise):
    def inside(self, x):
        return math.sqrt(2 / math.pi) * (x + 0.044715 * x**3)

    def value(self, x):
        return 0.5 * x * (1 + math.tanh(self.inside(x)))

    def slope(self, x):
        inner = math.sqrt(2 / math.pi) * (1 + 0.134145 * x * x)
        return 0.5 * (1 + math.tanh(self.inside(x))) + 0.5 * x * inner / math.cosh(self.inside(x)) ** 2


class BatchNorm1d:
    def __init__(self, features, epsilon=1e-5, momentum=0.1):
        self.gain, self.shift = np.ones(features), np.zeros(features)
        self.dgain, self.dshift = np.zeros(features), np.zeros(features)
        self.running_mean, self.running_variance = np.zeros(features), np.ones(features)
        self.epsilon, self.momentum, self.training = epsilon, momentum, True

    def forward(self, x):
        n = len(x)
        self.cache = dict(x=x, training=self.training)
        if self.training:
            mean = sum(row for row in x) / n
            squares = sum((row - mean) ** 2 for row in x)
            variance = squares / n
            self.running_mean = self.running_mean + self.momentum * (mean - self.running_mean)
            self.running_variance = self.running_variance + self.momentum * (squares / (n - 1) - self.running_variance)
        else:
            mean, variance = self.running_mean, self.running_variance
        self.cache.update(mean=mean, root=np.sqrt(variance + self.epsilon))
        return np.array([self.gain * (row - mean) / self.cache["root"] + self.shift for row in x])

    def backward(self, dout):
        x, mean, root = self.cache["x"], self.cache["mean"], self.cache["root"]
        n = len(x)
        dx = np.zeros(x.shape)
        for row, above in zip(x, dout):
            self.dgain = self.dgain + above * (row - mean) / root
            self.dshift = self.dshift + above
        for k in range(n):
            dx[k] = self.gain * dout[k] / root
            if self.cache["training"]:
                for m in range(n):
                    both = (x[k] - mean) * (x[m] - mean) / root**2
                    dx[k] -= self.gain * dout[m] / (n * root) * (1 + both)
        return dx


class Embedding:
    def __init__(self, words, features):
        self.table, self.dtable = np.zeros((words, features)), np.zeros((words, features))

    def forward(self, tokens):
        self.cache = {"tokens": tokens}
        return np.stack([self.table[each] for each in tokens.ravel()]).reshape(*tokens.shape, -1)

    def backward(self, dout):
        for place in np.ndindex(*self.cache["tokens"].shape):
            self.dtable[self.cache["tokens"][place]] += dout[place]


class CrossEntropyLoss:
    def forward(self, scores, labels):
        self.cache = {"p": [], "labels": labels}
        loss = 0.0
        for row, label in zip(scores, labels):
            exps = [math.exp(each - max(row)) for each in row]
            self.cache["p"].append([each / sum(exps) for each in exps])
            loss -= math.log(exps[label] / sum(exps))
        return loss / len(labels)

    def backward(self):
        n = len(self.cache["labels"])
        rows = zip(self.cache["p"], self.cache["labels"])
        return np.array([[(p - (j == label)) / n for j, p in enumerate(row)] for row, label in rows])


class MSELoss:
    def forward(self, guess, target):
        self.cache = {"guess": guess, "target": target}
        return sum(float(each) ** 2 for each in (guess - target).ravel()) / guess.size

    def backward(self):
        dguess = np.zeros_like(self.cache["guess"])
        for place in np.ndindex(*dguess.shape):
            dguess[place] = 2 / dguess.size * (self.cache["guess"][place] - self.cache["target"][place])
        return dguess


class RecurrentCell:
    def __init__(self, inputs, hidden):
        self.weight_x, self.weight_h, self.bias = np.ones((inputs, hidden)), np.ones((hidden, hidden)), np.ones(hidden)
        self.dweight_x, self.dweight_h, self.dbias = 0.0, 0.0, 0.0
        self.cache, self.step = {}, 0

    def forward(self, x, state):
        self.step += 1
        self.cache[self.step] = (x, state)
        return np.tanh(x.dot(self.weight_x) + state.dot(self.weight_h) + self.bias)

    def backward(self, dnew):
        x, state = self.cache[self.step]
        self.step -= 1
        da = dnew / np.cosh(x.dot(self.weight_x) + state.dot(self.weight_h) + self.bias) ** 2
        self.dweight_x = self.dweight_x + sum(np.outer(a, b) for a, b in zip(x, da))
        self.dweight_h = self.dweight_h + sum(np.outer(a, b) for a, b in zip(state, da))
        self.dbias = self.dbias + sum(da)
        return da.dot(self.weight_x.T), da.dot(self.weight_h.T)


class Sequential:
    def __init__(self, layers):
        self.layers = layers

    def forward(self, x):
        for k in range(len(self.layers)):
            x = self.layers[k].forward(x)
        return x

    def backward(self, dout):
        for k in range(len(self.layers) - 1, -1, -1):
            dout = self.layers[k].backward(dout)
        return dout


class SGD:
    def __init__(self, parameters, rate, momentum, decay):
        self.parameters, self.velocities = parameters, [0.0 * each for each in parameters]
        self.settings = {"rate": rate, "momentum": momentum, "decay": decay}

    def step(self, gradients):
        for k in range(len(gradients)):
            decayed = gradients[k] + self.settings["decay"] * self.parameters[k]
            self.velocities[k] = self.settings["momentum"] * self.velocities[k] + decayed
            self.parameters[k] = self.parameters[k] - self.settings["rate"] * self.velocities[k]
