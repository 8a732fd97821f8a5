import numpy as np
from collections import OrderedDict

class Parameter:
    def __init__(self, data):
        self.data = data
        self.grad = np.zeros_like(data)

class Module:
    def __init__(self):
        self.training = True
        self._cache = None
        self.params, self.grads = {}, {}
    def __call__(self, *args, **kwargs):
        return self.forward(*args, **kwargs)
    def forward(self, x):
        raise NotImplementedError
    def backward(self, dout):
        raise NotImplementedError
    def parameters(self):
        return [p for p in vars_of(self)]
    def zero_grad(self):
        for p in self.parameters():
            p.grad[:] = 0
            p.grad.fill(0)
    def train(self): self.training = True
    def eval(self): self.training = False

def vars_of(m):
    return m.params.values()

class Linear(Module):
    def __init__(self, weight, bias=None):
        super().__init__()
        self.weight, self.bias = Parameter(weight), bias
        self.x = None
    def forward(self, x):
        self.x = x
        out = x @ self.weight.data
        return out if self.bias is None else out + self.bias
    def backward(self, dout):
        self.weight.grad += self.x.T @ dout
        self.db = dout.sum(axis=0)
        return dout @ self.weight.data.T

class BatchNorm(Module):
    def __init__(self, gamma, beta, eps=1e-5, momentum=0.1):
        Module.__init__(self)
        self.gamma, self.beta, self.eps = gamma, beta, eps
        self.mean = self.var = self.std = self.n = None
        self.running_mean = np.zeros(gamma.shape); self.running_var = np.ones(gamma.shape)
    def forward(self, x):
        if self.training:
            self.mean = x.mean(0); self.var = x.var(axis=0, ddof=0)
            self.std = np.sqrt(self.var + self.eps)
            self.x_hat = (x - self.mean) / self.std
        else:
            self.x_hat = (x - self.running_mean) / np.sqrt(self.running_var + self.eps)
        return self.gamma * self.x_hat + self.beta
    def backward(self, dout):
        m, *_ = dout.shape
        self.dgamma = np.sum(dout * self.x_hat, 0)
        return self.gamma / (m * self.std) * (m * dout - dout.sum(0) - self.x_hat * self.dgamma)

class Embedding(Module):
    def __init__(self, table):
        super().__init__()
        self.table, self.dtable = table, np.zeros_like(table)
    def forward(self, ids):
        self.ids = ids.astype(np.int64)
        return self.table[self.ids]
    def backward(self, dout):
        np.add.at(self.dtable, self.ids, dout)

class Sequential(Module):
    def __init__(self, *layers):
        super().__init__()
        self.layers = list(layers)
    def __len__(self): return len(self.layers)
    def __getitem__(self, i): return self.layers[i]
    def forward(self, x):
        for layer in self.layers: x = layer(x)
        return x
    def backward(self, d):
        for layer in reversed(self.layers): d = layer.backward(d)
        return d
    def eval(self):
        for layer in self.layers: layer.eval()
        return self

class SGD:
    def __init__(self, params, lr=0.1, momentum=0.0):
        self.params, self.lr, self.momentum = list(params), lr, momentum
        self.velocity = {id(p): np.zeros_like(p.data) for p in self.params}
    def step(self):
        for p in self.params:
            v = self.velocity[id(p)]
            v *= self.momentum; v -= self.lr * p.grad
            p.data += v
    def zero_grad(self):
        for p in self.params: p.grad = np.zeros_like(p.data)
LAYERS = OrderedDict(linear=Linear, norm=BatchNorm)
