"""Every sum a loop over single numbers, as someone writes it who mistrusts broadcasting."""

import math

import numpy as np


def affine_forward(x, w, b):
    n, m = x.shape[0], w.shape[1]
    rows = np.zeros((n, w.shape[0]))
    for i in range(n):
        rows[i] = x[i].ravel()
    out = np.zeros((n, m))
    for i in range(n):
        for j in range(m):
            total = b[j]
            for k in range(w.shape[0]):
                total += rows[i, k] * w[k, j]
            out[i, j] = total
    return out, {"rows": rows, "w": w, "shape": x.shape}


def affine_backward(dout, cache):
    rows, w = cache["rows"], cache["w"]
    drows, dw, db = np.zeros(rows.shape), np.zeros(w.shape), np.zeros(w.shape[1])
    for i in range(dout.shape[0]):
        for j in range(dout.shape[1]):
            db[j] += dout[i, j]
            for k in range(w.shape[0]):
                drows[i, k] += dout[i, j] * w[k, j]
                dw[k, j] += dout[i, j] * rows[i, k]
    return drows.reshape(cache["shape"]), dw, db


def relu_forward(x):
    out = np.empty_like(x)
    for place in np.ndindex(x.shape):
        out[place] = x[place] if x[place] > 0 else 0.0
    return out, out


def relu_backward(dout, cache):
    dx = dout.copy()
    for place in np.ndindex(dx.shape):
        if cache[place] == 0:
            dx[place] = 0.0
    return dx


def softmax_loss(scores, y):
    n, c = scores.shape
    loss, dscores = 0.0, np.zeros((n, c))
    for i in range(n):
        top = max(scores[i])
        exps = [math.exp(each - top) for each in scores[i]]
        total = sum(exps)
        loss += math.log(total) + top - scores[i, y[i]]
        for j in range(c):
            dscores[i, j] = (exps[j] / total - (1 if j == y[i] else 0)) / n
    return loss / n, dscores


def svm_loss(scores, y):
    n, c = scores.shape
    loss, dscores = 0.0, np.zeros((n, c))
    for i in range(n):
        for j in range(c):
            margin = scores[i, j] - scores[i, y[i]] + 1
            if j != y[i] and margin > 0:
                loss += margin
                dscores[i, j] += 1
                dscores[i, y[i]] -= 1
    dscores /= n
    return loss / n, dscores


def two_layer_loss(x, y, W1, b1, W2, b2, reg):
    before, first = affine_forward(x, W1, b1)
    hidden, second = relu_forward(before)
    scores, third = affine_forward(hidden, W2, b2)
    loss, dscores = softmax_loss(scores, y)
    dhidden, dW2, db2 = affine_backward(dscores, third)
    _, dW1, db1 = affine_backward(relu_backward(dhidden, second), first)
    for w, dw in ((W1, dW1), (W2, dW2)):
        for place in np.ndindex(w.shape):
            loss += 0.5 * reg * w[place] ** 2
            dw[place] += reg * w[place]
    return loss, {"W1": dW1, "b1": db1, "W2": dW2, "b2": db2}


def batchnorm_forward(x, gamma, beta, running_mean, running_variance, momentum, eps):
    n, d = x.shape
    out, hats, roots = np.zeros((n, d)), np.zeros((n, d)), np.zeros(d)
    new_mean, new_variance = np.zeros(d), np.zeros(d)
    for j in range(d):
        mean = sum(x[:, j]) / n
        variance = sum((each - mean) ** 2 for each in x[:, j]) / n
        roots[j] = math.sqrt(variance + eps)
        new_mean[j] = running_mean[j] * momentum + mean - momentum * mean
        new_variance[j] = running_variance[j] * momentum + variance - momentum * variance
        for i in range(n):
            hats[i, j] = (x[i, j] - mean) / roots[j]
            out[i, j] = gamma[j] * hats[i, j] + beta[j]
    return out, new_mean, new_variance, (hats, roots, gamma)


def batchnorm_backward(dout, cache):
    hats, roots, gamma = cache
    n, d = dout.shape
    dx, dgamma, dbeta = np.zeros((n, d)), np.zeros(d), np.zeros(d)
    for j in range(d):
        for i in range(n):
            dbeta[j] += dout[i, j]
            dgamma[j] += dout[i, j] * hats[i, j]
        for i in range(n):
            dx[i, j] = gamma[j] / (n * roots[j]) * (n * dout[i, j] - dbeta[j] - hats[i, j] * dgamma[j])
    return dx, dgamma, dbeta


def batchnorm_test(x, gamma, beta, running_mean, running_variance, eps):
    out = np.zeros(x.shape)
    for i, j in np.ndindex(x.shape):
        out[i, j] = (x[i, j] - running_mean[j]) / math.sqrt(running_variance[j] + eps) * gamma[j] + beta[j]
    return out


def layernorm_forward(x, gamma, beta, eps):
    out, hats, roots = np.zeros(x.shape), np.zeros(x.shape), []
    for i, row in enumerate(x):
        mean = sum(row) / len(row)
        roots.append(math.sqrt(sum((each - mean) ** 2 for each in row) / len(row) + eps))
        for j, each in enumerate(row):
            hats[i, j] = (each - mean) / roots[i]
            out[i, j] = hats[i, j] * gamma[j] + beta[j]
    return out, (hats, roots, gamma)


def layernorm_backward(dout, cache):
    hats, roots, gamma = cache
    n, d = dout.shape
    dx, dgamma, dbeta = np.zeros((n, d)), np.zeros(d), np.zeros(d)
    for i in range(n):
        shared = along = 0.0
        for j in range(d):
            dbeta[j] += dout[i, j]
            dgamma[j] += dout[i, j] * hats[i, j]
            shared += dout[i, j] * gamma[j] / d
            along += dout[i, j] * gamma[j] * hats[i, j] / d
        for j in range(d):
            dx[i, j] = (dout[i, j] * gamma[j] - shared - hats[i, j] * along) / roots[i]
    return dx, dgamma, dbeta


def dropout_forward(x, mask, keep):
    out = np.zeros(x.shape)
    for place in np.ndindex(x.shape):
        if mask[place]:
            out[place] = x[place] / keep
    return out, (mask, keep)


def dropout_backward(dout, cache):
    return dropout_forward(dout, *cache)[0]


def conv_forward(x, w, b, stride, pad):
    n, c, h, width = x.shape
    f, _, hh, ww = w.shape
    padded = np.zeros((n, c, h + 2 * pad, width + 2 * pad))
    padded[:, :, pad : pad + h, pad : pad + width] = x
    out = np.zeros((n, f, int(1 + (h + 2 * pad - hh) / stride), int(1 + (width + 2 * pad - ww) / stride)))
    for i in range(n):
        for k in range(f):
            for r in range(out.shape[2]):
                for s in range(out.shape[3]):
                    total = b[k]
                    for channel in range(c):
                        for u in range(hh):
                            for v in range(ww):
                                total += padded[i, channel, r * stride + u, s * stride + v] * w[k, channel, u, v]
                    out[i, k, r, s] = total
    return out, (x, w, b, stride, pad)


def conv_backward(dout, cache):
    x, w, b, stride, pad = cache
    dx, dw, db = np.zeros_like(x), np.zeros_like(w), np.zeros_like(b)
    for i, k, r, s in np.ndindex(dout.shape):
        upstream = dout[i, k, r, s]
        db[k] += upstream
        for channel, u, v in np.ndindex(w.shape[1:]):
            row, column = r * stride + u - pad, s * stride + v - pad
            if 0 <= row < x.shape[2] and 0 <= column < x.shape[3]:
                dx[i, channel, row, column] += upstream * w[k, channel, u, v]
                dw[k, channel, u, v] += upstream * x[i, channel, row, column]
    return dx, dw, db


def max_pool_forward(x, pool_height, pool_width, stride):
    n, c, h, w = x.shape
    out = np.full((n, c, (h - pool_height) // stride + 1, (w - pool_width) // stride + 1), -np.inf)
    for i, k, r, s in np.ndindex(out.shape):
        for u in range(pool_height):
            for v in range(pool_width):
                out[i, k, r, s] = max(out[i, k, r, s], x[i, k, r * stride + u, s * stride + v])
    return out, (x, out, pool_height, pool_width, stride)


def max_pool_backward(dout, cache):
    x, out, pool_height, pool_width, stride = cache
    dx = np.zeros(x.shape)
    for i, k, r, s in np.ndindex(dout.shape):
        for u in range(pool_height):
            for v in range(pool_width):
                if x[i, k, r * stride + u, s * stride + v] == out[i, k, r, s]:
                    dx[i, k, r * stride + u, s * stride + v] += dout[i, k, r, s]
    return dx


def spatial_batchnorm_forward(x, gamma, beta, eps):
    out, caches = np.zeros(x.shape), []
    for k in range(x.shape[1]):
        channel = x[:, k].reshape(-1, 1)
        made, _, _, cache = batchnorm_forward(channel, gamma[k : k + 1], beta[k : k + 1], [0.0], [0.0], 0.0, eps)
        out[:, k] = made.reshape(x[:, k].shape)
        caches.append(cache)
    return out, caches


def spatial_batchnorm_backward(dout, caches):
    dx, dgamma, dbeta = np.zeros(dout.shape), [], []
    for k, cache in enumerate(caches):
        dchannel, one, other = batchnorm_backward(dout[:, k].reshape(-1, 1), cache)
        dx[:, k] = dchannel.reshape(dout[:, k].shape)
        dgamma.append(one[0])
        dbeta.append(other[0])
    return dx, np.array(dgamma), np.array(dbeta)
