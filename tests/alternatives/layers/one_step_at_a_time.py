"""Every intermediate value with its own gradient, float32 all the way, caches that are dictionaries and lists."""

import numpy as np


def single(*arrays):
    return [np.asarray(each).astype(np.float32) for each in arrays]


def affine_forward(x, w, b):
    flat, w, b = single(x.reshape(x.shape[0], np.prod(x.shape[1:])), w, b)
    product = np.dot(flat, w)
    return product + b, {"flat": flat, "w": w, "shape": x.shape}


def affine_backward(dout, cache):
    (dout,) = single(dout)
    dproduct, db = dout, np.sum(dout, axis=0)
    dflat = np.dot(dproduct, cache["w"].T)
    dw = np.dot(cache["flat"].T, dproduct)
    return dflat.reshape(*cache["shape"]), dw, db


def relu_forward(x):
    (x,) = single(x)
    return (np.abs(x) + x) / 2, x


def relu_backward(dout, x):
    dx = np.array(dout, dtype=np.float32, copy=True)
    dx[x <= 0] = 0
    return dx


def softmax_loss(scores, y):
    (scores,) = single(scores)
    n = scores.shape[0]
    shifted = scores - np.amax(scores, axis=1, keepdims=True)
    exps = np.exp(shifted)
    total = np.sum(exps, axis=1, keepdims=True)
    logs = np.log(total)
    log_probabilities = shifted - logs
    loss = -np.sum(log_probabilities[range(n), y]) / n
    dlog_probabilities = np.zeros_like(scores)
    dlog_probabilities[range(n), y] = -1.0 / n
    dshifted = dlog_probabilities.copy()
    dlogs = -np.sum(dlog_probabilities, axis=1, keepdims=True)
    dtotal = dlogs / total
    dexps = np.ones_like(exps) * dtotal
    dshifted += dexps * exps
    return loss, dshifted


def svm_loss(scores, y):
    (scores,) = single(scores)
    n = scores.shape[0]
    right = scores[range(n), y].reshape(n, 1)
    differences = scores - right + 1
    wrong = np.ones_like(scores)
    wrong[range(n), y] = 0
    margins = np.maximum(differences, 0) * wrong
    loss = np.sum(margins) / n
    ddifferences = np.where(differences > 0, wrong / n, 0)
    dscores = ddifferences.copy()
    dscores[range(n), y] -= np.sum(ddifferences, axis=1)
    return float(loss), dscores


def two_layer_loss(x, y, W1, b1, W2, b2, reg):
    grads = {}
    first, cache1 = affine_forward(x, W1, b1)
    hidden, cache2 = relu_forward(first)
    scores, cache3 = affine_forward(hidden, W2, b2)
    loss, dscores = softmax_loss(scores, y)
    for weights in (W1, W2):
        loss = loss + 0.5 * reg * np.sum(np.square(weights))
    dhidden, grads["W2"], grads["b2"] = affine_backward(dscores, cache3)
    _, grads["W1"], grads["b1"] = affine_backward(relu_backward(dhidden, cache2), cache1)
    grads["W1"] = grads["W1"] + reg * W1
    grads["W2"] = grads["W2"] + reg * W2
    return loss, grads


def batchnorm_forward(x, gamma, beta, running_mean, running_variance, momentum, eps):
    x, gamma, beta = single(x, gamma, beta)
    n = x.shape[0]
    mean = np.sum(x, axis=0) / n
    centred = x - mean
    squared = centred**2
    variance = np.sum(squared, axis=0) / n
    root = np.sqrt(variance + eps)
    inverse = 1.0 / root
    hat = centred * inverse
    new_mean = momentum * running_mean + (1 - momentum) * mean
    new_variance = momentum * running_variance + (1 - momentum) * variance
    return gamma * hat + beta, new_mean, new_variance, [centred, root, inverse, hat, gamma]


def batchnorm_backward(dout, cache):
    centred, root, inverse, hat, gamma = cache
    (dout,) = single(dout)
    n = dout.shape[0]
    dbeta = np.sum(dout, axis=0)
    dgamma = np.sum(dout * hat, axis=0)
    dhat = dout * gamma
    dinverse = np.sum(dhat * centred, axis=0)
    dcentred = dhat * inverse
    droot = -dinverse / root**2
    dvariance = 0.5 * droot / root
    dsquared = np.ones_like(centred) * dvariance / n
    dcentred += 2 * centred * dsquared
    dmean = -np.sum(dcentred, axis=0)
    return dcentred + dmean / n, dgamma, dbeta


def batchnorm_test(x, gamma, beta, running_mean, running_variance, eps):
    hat = (x - running_mean) / (running_variance + eps) ** 0.5
    return single(hat * gamma + beta)[0]


def layernorm_forward(x, gamma, beta, eps):
    x, gamma, beta = single(x.T, gamma, beta)
    mean = np.mean(x, axis=0)
    centred = x - mean
    root = np.sqrt(np.mean(centred**2, axis=0) + eps)
    hat = (centred / root).T
    inner = [centred, root, 1 / root, centred / root, np.float32(1)]
    return gamma * hat + beta, (inner, hat, gamma)


def layernorm_backward(dout, cache):
    inner, hat, gamma = cache
    dx, _, _ = batchnorm_backward((dout * gamma).T, inner)
    return dx.T, np.sum(dout * hat, axis=0), np.sum(dout, axis=0)


def dropout_forward(x, mask, keep):
    scaled = mask.astype(np.float32) / np.float32(keep)
    return x.astype(np.float32) * scaled, scaled


def dropout_backward(dout, cache):
    return np.multiply(dout, cache)


def columns_of(x, height, width, stride):
    rows = (x.shape[2] - height) // stride + 1
    places = (x.shape[3] - width) // stride + 1
    columns = [
        x[:, :, i * stride : i * stride + height, j * stride : j * stride + width].reshape(x.shape[0], -1)
        for i in range(rows)
        for j in range(places)
    ]
    return np.stack(columns, axis=1), rows, places


def conv_forward(x, w, b, stride, pad):
    x, w, b = single(x, w, b)
    padded = np.pad(x, ((0,), (0,), (pad,), (pad,)), "constant")
    columns, rows, places = columns_of(padded, w.shape[2], w.shape[3], stride)
    out = columns @ w.reshape(len(w), -1).T + b
    out = out.transpose(0, 2, 1).reshape(len(x), len(w), rows, places)
    return out, {"columns": columns, "padded": padded, "w": w, "stride": stride, "pad": pad, "x": x}


def conv_backward(dout, cache):
    w, stride, pad, x = cache["w"], cache["stride"], cache["pad"], cache["x"]
    n, f, rows, places = dout.shape
    flat = dout.astype(np.float32).reshape(n, f, -1).transpose(0, 2, 1)
    dw = sum(flat[i].T @ cache["columns"][i] for i in range(n)).reshape(w.shape)
    dcolumns = (flat @ w.reshape(f, -1)).reshape(n, rows, places, *w.shape[1:])
    dpadded = np.zeros_like(cache["padded"])
    for i in range(rows):
        for j in range(places):
            dpadded[:, :, i * stride : i * stride + w.shape[2], j * stride : j * stride + w.shape[3]] += dcolumns[:, i, j]
    dx = dpadded[:, :, pad : pad + x.shape[2], pad : pad + x.shape[3]]
    return dx, dw, flat.sum(axis=1).sum(axis=0)


def max_pool_forward(x, pool_height, pool_width, stride):
    n, c, h, w = x.shape
    columns, rows, places = columns_of(x.reshape(n * c, 1, h, w), pool_height, pool_width, stride)
    out = columns.max(axis=2).reshape(n, c, rows, places)
    return out, [x.shape, columns.argmax(axis=2), pool_height, pool_width, stride, places]


def max_pool_backward(dout, cache):
    shape, largest, pool_height, pool_width, stride, places = cache
    dx = np.zeros((shape[0] * shape[1], *shape[2:]), dtype=np.float32)
    for image, upstream in enumerate(dout.reshape(dx.shape[0], -1)):
        for place, gradient in enumerate(upstream):
            i, j = divmod(place, places)
            k, m = np.unravel_index(largest[image, place], (pool_height, pool_width))
            dx[image, i * stride + k, j * stride + m] += gradient
    return dx.reshape(shape)


def spatial_batchnorm_forward(x, gamma, beta, eps):
    n, c, h, w = x.shape
    x, gamma, beta = single(x, gamma, beta)
    gamma, beta = gamma.reshape(1, c, 1, 1), beta.reshape(1, c, 1, 1)
    centred = x - np.mean(x, axis=(0, 2, 3), keepdims=True)
    root = np.sqrt(np.mean(centred**2, axis=(0, 2, 3), keepdims=True) + eps)
    return gamma * centred / root + beta, (centred, root, gamma)


def spatial_batchnorm_backward(dout, cache):
    centred, root, gamma = cache
    over = dict(axis=(0, 2, 3), keepdims=True)
    count = centred.size / gamma.size
    dhat = dout * gamma
    dvariance = np.sum(dhat * centred, **over) * -0.5 * root**-3
    dmean = np.sum(-dhat / root, **over) + dvariance * np.mean(-2 * centred, **over)
    dx = dhat / root + dvariance * 2 * centred / count + dmean / count
    return dx, np.sum(dout * centred / root, axis=(0, 2, 3)), np.sum(dout, axis=(0, 2, 3))
