# A base class with parameters in a dictionary, gradients as properties, and `__call__`; einsum and other formulas.
import numpy as np


class Parameter:
    def __init__(self, shape):
        self.value, self.found = np.zeros(shape), np.zeros(shape)

    def put(self, value):
        self.value = value

    def add(self, found):
        self.found += found


def parameter(name):
    def get(self):
        return self.parameters[name].value

    def put(self, value):
        self.parameters[name].put(value)

    return property(get, put)


def gradient(name):
    return property(lambda self: self.parameters[name].found)


class Module:
    def __init__(self, **shapes):
        self.parameters = {name: Parameter(shape) for name, shape in shapes.items()}
        self.training = True

    def __call__(self, *given):
        return self.forward(*given)

    def forward(self, *given):
        raise NotImplementedError

    def add(self, **gradients):
        for name, found in gradients.items():
            self.parameters[name].add(found)


class Linear(Module):
    weight, bias, dweight, dbias = parameter("weight"), parameter("bias"), gradient("weight"), gradient("bias")

    def __init__(self, inputs, outputs):
        super().__init__(weight=(inputs, outputs), bias=(outputs,))

    def forward(self, x):
        self.x = x
        return np.einsum("ni,ij->nj", x, self.weight) + self.bias

    def backward(self, dout):
        self.add(weight=np.einsum("ni,nj->ij", self.x, dout), bias=np.einsum("nj->j", dout))
        return np.einsum("nj,ij->ni", dout, self.weight)


class Activation(Module):
    def backward(self, dout):
        return self.slope * dout


class ReLU(Activation):
    def forward(self, x):
        self.slope = np.where(x > 0, 1.0, 0.0)
        return np.maximum(x, 0)


class Sigmoid(Activation):
    def forward(self, x):
        out = 0.5 * (1 + np.tanh(x / 2))
        self.slope = out - out * out
        return out


class Tanh(Activation):
    def forward(self, x):
        out = 2 / (1 + np.exp(-2 * x)) - 1
        self.slope = (1 - out) * (1 + out)
        return out


class GELU(Activation):
    def forward(self, x):
        gate = 1 / (1 + np.exp(-2 * (2 / np.pi) ** 0.5 * (x + 0.044715 * np.power(x, 3))))
        self.slope = gate + x * gate * (1 - gate) * 2 * (2 / np.pi) ** 0.5 * (1 + 0.134145 * x**2)
        return x * gate


class BatchNorm1d(Module):
    gain, shift, dgain, dshift = parameter("gain"), parameter("shift"), gradient("gain"), gradient("shift")

    def __init__(self, features, epsilon=1e-5, momentum=0.1):
        super().__init__(gain=(features,), shift=(features,))
        self.running_mean, self.running_variance = np.zeros(features), np.ones(features)
        self.epsilon, self.momentum = epsilon, momentum

    def forward(self, x):
        mean, variance = (x.mean(0), x.var(0)) if self.training else (self.running_mean, self.running_variance)
        if self.training:
            unbiased = variance * len(x) / (len(x) - 1)
            self.running_mean += self.momentum * (mean - self.running_mean)
            self.running_variance += self.momentum * (unbiased - self.running_variance)
        self.centered, self.inverse = x - mean, (variance + self.epsilon) ** -0.5
        return self.centered * self.inverse * self.gain + self.shift

    def backward(self, dout):
        n = len(dout)
        self.add(gain=(dout * self.centered * self.inverse).sum(0), shift=dout.sum(0))
        dhat = dout * self.gain
        if not self.training:
            return dhat * self.inverse
        dvariance = (dhat * self.centered).sum(0) * -0.5 * self.inverse**3
        dmean = -(dhat * self.inverse).sum(0) - 2 * dvariance * self.centered.mean(0)
        return dhat * self.inverse + dvariance * 2 * self.centered / n + dmean / n


class Embedding(Module):
    table, dtable = parameter("table"), gradient("table")

    def __init__(self, words, features):
        super().__init__(table=(words, features))

    def forward(self, tokens):
        self.chosen = np.eye(len(self.table))[tokens]
        return self.chosen @ self.table

    def backward(self, dout):
        self.add(table=np.einsum("abw,abf->wf", self.chosen, dout))
        return None


class CrossEntropyLoss(Module):
    def forward(self, scores, labels):
        self.labels = np.eye(scores.shape[1])[labels]
        exps = np.exp(scores - scores.max(1)[:, None])
        self.p = exps / exps.sum(1)[:, None]
        return -(self.labels * np.log(self.p)).sum() / len(labels)

    def backward(self):
        return (self.p - self.labels) / self.p.shape[0]


class MSELoss(Module):
    def forward(self, guess, target):
        self.guess, self.target = guess, target
        return np.mean(np.square(guess - target))

    def backward(self):
        return (self.guess - self.target) * (2.0 / np.prod(self.guess.shape))


class RecurrentCell(Module):
    weight_x, weight_h, bias = parameter("weight_x"), parameter("weight_h"), parameter("bias")
    dweight_x, dweight_h, dbias = gradient("weight_x"), gradient("weight_h"), gradient("bias")

    def __init__(self, inputs, hidden):
        super().__init__(weight_x=(inputs, hidden), weight_h=(hidden, hidden), bias=(hidden,))
        self.steps = []

    def forward(self, x, state):
        new = np.tanh(np.hstack([x, state]) @ np.vstack([self.weight_x, self.weight_h]) + self.bias)
        self.steps.append({"x": x, "state": state, "new": new})
        return new

    def backward(self, dnew):
        step = self.steps.pop()
        da = dnew - dnew * step["new"] ** 2
        self.add(weight_x=np.dot(step["x"].T, da), weight_h=np.dot(step["state"].T, da), bias=np.ones(len(da)) @ da)
        return da @ self.weight_x.T, da @ self.weight_h.T


class Sequential(Module):
    def __init__(self, layers):
        super().__init__()
        self.layers = list(layers)

    def forward(self, x):
        return self.layers[-1](Sequential(self.layers[:-1])(x)) if self.layers else x

    def backward(self, dout):
        return Sequential(self.layers[:-1]).backward(self.layers[-1].backward(dout)) if self.layers else dout


class SGD:
    def __init__(self, parameters, rate, momentum, decay):
        self.parameters = [each.copy() for each in parameters]
        self.velocities = [np.zeros(each.shape) for each in parameters]
        self.rate, self.momentum, self.decay = rate, momentum, decay

    def step(self, gradients):
        for parameter, velocity, gradient in zip(self.parameters, self.velocities, gradients):
            velocity *= self.momentum
            velocity += gradient + self.decay * parameter
            parameter -= self.rate * velocity
