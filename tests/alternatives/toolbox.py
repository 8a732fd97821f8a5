# The programmer: lambdas, defaults, **kwargs, decorators, helpers and classes, whatever the language has.
from __future__ import annotations

import functools
from typing import NamedTuple

import torch
from torch import Tensor

EPSILON: float = 1e-5


def sum_to(gradient: Tensor, shape: tuple[int, ...]) -> Tensor:
    """Undo broadcasting: add up the axes that were copied on the way forward."""
    while gradient.dim() > len(shape):
        gradient = gradient.sum(0)
    for axis, size in enumerate(shape):
        if size == 1:
            gradient = gradient.sum(axis, keepdim=True)
    return gradient


def like(name):
    """Decorator: the gradient is summed to the shape of the tensor of that name."""

    def decorate(function):
        @functools.wraps(function)
        def wrapper(*args, **kwargs):
            return sum_to(function(*args, **kwargs), kwargs[name].shape)

        return wrapper

    return decorate


def same_shape(function):
    @functools.wraps(function)
    def wrapper(**kwargs):
        result = function(**kwargs)
        assert result.dtype == torch.float32, result.dtype
        return result

    return wrapper


class Multiply:
    @staticmethod
    def backward(other, upstream):
        return other * upstream


class MatrixProduct(NamedTuple):
    left: Tensor | None
    right: Tensor | None

    def to_left(self, upstream):
        return upstream @ self.right.T

    def to_right(self, upstream):
        return self.left.T @ upstream


class Softmax:
    """Stages as static methods, given their names below."""

    @staticmethod
    def log(logProbabilities, *, outputBatch, batchSize):
        result = torch.zeros_like(logProbabilities)
        result[torch.arange(batchSize), outputBatch] = -1 / batchSize
        return result

    @staticmethod
    def inverse(sumCounts, dSumCountsInverse, power=-1):
        return power * sumCounts ** (power - 1) * dSumCountsInverse

    @classmethod
    def fast(cls, logits, outputBatch, batchSize):
        p = logits.softmax(1)
        p[torch.arange(batchSize), outputBatch] -= 1
        return p / batchSize


dLogProbabilities = Softmax.log
dProbabilities = lambda probabilities, dLogProbabilities: dLogProbabilities / probabilities


@like("sumCountsInverse")
def dSumCountsInverse(sumCountsInverse, counts, dProbabilities):
    return Multiply.backward(counts, dProbabilities)


dSumCounts = Softmax.inverse


def dCounts(**kwargs):
    through_product = Multiply.backward(kwargs["sumCountsInverse"], kwargs["dProbabilities"])
    through_sum = kwargs["dSumCounts"].expand(kwargs["counts"].shape)
    return sum([through_product, through_sum])


dNormalizedLogits = lambda counts, dCounts, **rest: counts * dCounts


@like("maxLogits")
def dMaxLogits(maxLogits, dNormalizedLogits):
    return -dNormalizedLogits


def dLogits(logits, dNormalizedLogits, dMaxLogits, axis=1):
    where = logits.argmax(axis)
    return dNormalizedLogits.index_put((torch.arange(len(where)), where), dMaxLogits.squeeze(axis), accumulate=True)


def dHiddenLayerPostActivationStates(hiddenLayerPostActivationStates, weightsOfFinalLayer, dLogits):
    return MatrixProduct(hiddenLayerPostActivationStates, weightsOfFinalLayer).to_left(dLogits)


def dWeightsOfFinalLayer(hiddenLayerPostActivationStates, weightsOfFinalLayer, dLogits):
    return MatrixProduct(hiddenLayerPostActivationStates, weightsOfFinalLayer).to_right(dLogits)


@like("biasesOfFinalLayer")
def dBiasesOfFinalLayer(biasesOfFinalLayer, dLogits):
    return dLogits


@same_shape
def dHiddenLayerPreActivationStates(hiddenLayerPostActivationStates, dHiddenLayerPostActivationStates):
    return torch.mul(1 - hiddenLayerPostActivationStates.pow(2), dHiddenLayerPostActivationStates)


@like("batchGains")
def dBatchGains(batchGains, batchRawValue, dHiddenLayerPreActivationStates):
    return Multiply.backward(batchRawValue, dHiddenLayerPreActivationStates)


@like("batchBiases")
def dBatchBiases(batchBiases, dHiddenLayerPreActivationStates):
    return dHiddenLayerPreActivationStates


dBatchRawValue = lambda batchGains, dHiddenLayerPreActivationStates: Multiply.backward(batchGains, dHiddenLayerPreActivationStates)


@like("batchVarianceInverse")
def dBatchVarianceInverse(batchVarianceInverse, batchDifference, dBatchRawValue):
    return Multiply.backward(batchDifference, dBatchRawValue)


def dBatchVariance(batchVariance: Tensor, dBatchVarianceInverse: Tensor, epsilon: float = EPSILON) -> Tensor:
    return -0.5 * torch.pow(batchVariance + epsilon, -1.5) * dBatchVarianceInverse


def dBatchDifferencePow2(dBatchVariance, batchSize, correction=1, **others):
    return dBatchVariance.expand(batchSize, -1) / (batchSize - correction)


def dBatchDifference(batchDifference, batchVarianceInverse, *, dBatchDifferencePow2, dBatchRawValue):
    paths = {
        "square": lambda: 2 * batchDifference * dBatchDifferencePow2,
        "product": lambda: batchVarianceInverse * dBatchRawValue,
    }
    return sum(path() for path in paths.values())


@like("batchMeanAtIteration")
def dBatchMeanAtIteration(batchMeanAtIteration, dBatchDifference):
    return -dBatchDifference


def dHiddenLayerPreBatchNormStates(dBatchMeanAtIteration, dBatchDifference, batchSize, /):
    return dBatchDifference + dBatchMeanAtIteration / batchSize


def dConcatenatedEmbedding(weightsOfHiddenLayer, dHiddenLayerPreBatchNormStates):
    return MatrixProduct(None, weightsOfHiddenLayer).to_left(dHiddenLayerPreBatchNormStates)


def dWeightsOfHiddenLayer(concatenatedEmbedding, dHiddenLayerPreBatchNormStates):
    return MatrixProduct(concatenatedEmbedding, None).to_right(dHiddenLayerPreBatchNormStates)


@like("biasesOfHiddenLayer")
def dBiasesOfHiddenLayer(biasesOfHiddenLayer, dHiddenLayerPreBatchNormStates):
    return dHiddenLayerPreBatchNormStates


class Reshape:
    def __call__(self, embedding, dConcatenatedEmbedding):
        return dConcatenatedEmbedding.view_as(embedding)


dEmbedding = Reshape()


def dEmbeddingLookUpMatrix(embeddingLookUpMatrix, inputBatch, dEmbedding):
    def add(total, pair):
        letter, gradient = pair
        total[letter] += gradient
        return total

    pairs = zip(inputBatch.flatten(), dEmbedding.flatten(end_dim=1))
    return functools.reduce(add, pairs, torch.zeros_like(embeddingLookUpMatrix))


dLogitsFast = Softmax.fast


def dHiddenLayerPreBatchNormStatesFast(**given):
    return norm_backward(*(given[name] for name in ("batchGains", "batchVarianceInverse", "batchRawValue", "dHiddenLayerPreActivationStates")))


def norm_backward(gain, inverse, normalised, upstream):
    n = upstream.shape[0]
    total = functools.partial(torch.sum, dim=0, keepdim=True)
    return gain * inverse / n * (n * upstream - total(upstream) - n / (n - 1) * normalised * total(upstream * normalised))
