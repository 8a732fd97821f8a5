"""einsum, sliding windows, np.add.at, one-pass formulas, and gradients worked out in the arrays that came in."""

import numpy as np
from numpy.lib.stride_tricks import as_strided, sliding_window_view


def affine_forward(x, w, b):
    return np.einsum("nd,dm->nm", x.reshape(x.shape[0], -1), w) + b[None], (x, w, b)


def affine_backward(dout, cache):
    x, w, b = cache
    dx = np.einsum("nm,dm->nd", dout, w).reshape(x.shape)
    dw = np.einsum("nd,nm->dm", x.reshape(x.shape[0], -1), dout)
    return [dx, dw, np.ones(len(dout)) @ dout]


def relu_forward(x):
    mask = x > 0
    return np.where(mask, x, 0), mask


def relu_backward(dout, mask):
    dout *= mask
    return dout


def softmax_loss(scores, y):
    p = np.exp(scores - np.max(scores, 1)[:, np.newaxis])
    p /= p.sum(1)[:, np.newaxis]
    top = scores.max(1)
    loss = np.mean(top + np.log(np.exp(scores - top[:, None]).sum(1)) - np.take_along_axis(scores, y[:, None], 1)[:, 0])
    p -= np.eye(scores.shape[1])[y]
    return loss, p / scores.shape[0]


def svm_loss(scores, y):
    right = np.take_along_axis(scores, y[:, None], axis=1)
    margins = np.clip(scores - right + 1.0, 0, None)
    loss = np.sum(margins) / len(y) - 1.0
    hit = (margins > 0) * 1.0
    np.add.at(hit, (np.arange(len(y)), y), -hit.sum(1))
    return loss, hit / len(y)


def two_layer_loss(x, y, W1, b1, W2, b2, reg):
    n = x.shape[0]
    before = x @ W1 + b1
    hidden = before.clip(0)
    loss, d = softmax_loss(hidden @ W2 + b2, y)
    loss += reg / 2 * (np.linalg.norm(W1) ** 2 + np.vdot(W2, W2))
    grads = dict(W2=np.tensordot(hidden, d, (0, 0)) + reg * W2, b2=d.sum(0))
    d = d @ W2.T
    d[before < 0] = 0
    grads.update(W1=np.tensordot(x, d, (0, 0)) + reg * W1, b1=np.full(n, 1.0) @ d)
    return loss, grads


def batchnorm_forward(x, gamma, beta, running_mean, running_variance, momentum, eps):
    mean = x.mean(0)
    variance = (x**2).mean(0) - mean**2
    new_mean = running_mean + (mean - running_mean) * (1 - momentum)
    new_variance = running_variance + (variance - running_variance) * (1 - momentum)
    scale = gamma * (variance + eps) ** -0.5
    return x * scale + (beta - mean * scale), new_mean, new_variance, (x, mean, variance, eps, gamma)


def batchnorm_backward(dout, cache):
    x, mean, variance, eps, gamma = cache
    n = len(x)
    xmu, ivar = x - mean, 1 / np.sqrt(variance + eps)
    dbeta, dgamma = dout.sum(0), np.einsum("nd,nd->d", xmu, dout) * ivar
    jacobian = np.eye(n)[:, :, None] - 1 / n - xmu[:, None] * xmu[None] * ivar**2 / n
    return np.einsum("nmd,md->nd", jacobian, dout) * gamma * ivar, dgamma, dbeta


def batchnorm_test(x, gamma, beta, running_mean, running_variance, eps):
    scale = gamma / np.sqrt(running_variance + eps)
    return x * scale + (beta - running_mean * scale)


def layernorm_forward(x, gamma, beta, eps):
    out, _, _, cache = batchnorm_forward(x.T, 1.0, 0.0, 0.0, 0.0, 0.0, eps)
    return out.T * gamma + beta, (cache, out.T, gamma)


def layernorm_backward(dout, cache):
    inner, normalised, gamma = cache
    dx, _, _ = batchnorm_backward((dout * gamma).T, inner)
    return dx.T, np.einsum("nd,nd->d", dout, normalised), np.einsum("nd->d", dout)


def dropout_forward(x, mask, keep):
    x *= mask
    x /= keep
    return x, mask.astype(x.dtype) / keep


def dropout_backward(dout, mask):
    dout *= mask
    return dout


def _windows(x, height, width, stride):
    return sliding_window_view(x, (height, width), axis=(2, 3))[:, :, ::stride, ::stride]


def conv_forward(x, w, b, stride, pad):
    padded = np.pad(x, [(0, 0), (0, 0), (pad, pad), (pad, pad)], mode="constant")
    columns = _windows(padded, *w.shape[2:], stride)
    out = np.einsum("ncijkl,fckl->nfij", columns, w) + b.reshape(1, -1, 1, 1)
    return out, (columns, padded.shape, w, stride, pad)


def conv_backward(dout, cache):
    columns, shape, w, stride, pad = cache
    dw = np.einsum("nfij,ncijkl->fckl", dout, columns)
    dcolumns = np.einsum("nfij,fckl->ncijkl", dout, w)
    dpadded = np.zeros(shape)
    for k in range(w.shape[2]):
        for l in range(w.shape[3]):
            last_row, last_column = k + stride * dout.shape[2], l + stride * dout.shape[3]
            dpadded[:, :, k:last_row:stride, l:last_column:stride] += dcolumns[..., k, l]
    inside = slice(pad, -pad if pad else None)
    return dpadded[:, :, inside, inside], dw, dout.transpose(1, 0, 2, 3).reshape(len(w), -1).sum(1)


def max_pool_forward(x, pool_height, pool_width, stride):
    n, c, h, w = x.shape
    rows, columns = (h - pool_height) // stride + 1, (w - pool_width) // stride + 1
    a, b, d, e = x.strides
    shape = (n, c, rows, columns, pool_height, pool_width)
    windows = as_strided(x, shape, (a, b, d * stride, e * stride, d, e)).reshape(n, c, rows, columns, -1)
    places = windows.argmax(-1)
    return windows.max(-1), (x.shape, places, pool_width, stride)


def max_pool_backward(dout, cache):
    shape, places, pool_width, stride = cache
    dx = np.zeros(shape)
    n, c, i, j = np.indices(dout.shape)
    down, right = np.divmod(places, pool_width)
    np.add.at(dx, (n, c, i * stride + down, j * stride + right), dout)
    return dx


def spatial_batchnorm_forward(x, gamma, beta, eps):
    rows = np.moveaxis(x, 1, -1).reshape(-1, x.shape[1])
    hat = (rows - rows.mean(0)) / np.sqrt(rows.var(0) + eps)
    out = (gamma * hat + beta).reshape(x.shape[0], x.shape[2], x.shape[3], x.shape[1])
    return np.moveaxis(out, -1, 1), (hat, np.sqrt(rows.var(0) + eps), gamma)


def spatial_batchnorm_backward(dout, cache):
    hat, root, gamma = cache
    g = np.moveaxis(dout, 1, -1)
    rows = g.reshape(-1, g.shape[-1])
    dx = gamma / root * (rows - rows.mean(0) - hat * (rows * hat).mean(0))
    return np.rollaxis(dx.reshape(g.shape), 3, 1), (rows * hat).sum(0), rows.sum(0)
