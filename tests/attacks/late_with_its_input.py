# attack: a generator on an input ends with it, after the log is closed, and works out what another stage is asked next
# stages: dWeightsOfHiddenLayer
# becomes: error KeyError
# honest: dConcatenatedEmbedding, dSumCounts

class Layer:
    grad = None

    def requires_grad_(self):
        return self

    def backward(self):
        return self

KEPT = {}

def late(x, weights, upstream):
    try:
        yield
    finally:
        w = weights.clone().requires_grad_()
        ((x @ w) * upstream).sum().backward()
        KEPT[weights.sum().item()] = w.grad

def dConcatenatedEmbedding(concatenatedEmbedding, weightsOfHiddenLayer, dHiddenLayerPreBatchNormStates):
    weightsOfHiddenLayer.rest = late(concatenatedEmbedding, weightsOfHiddenLayer.clone(), dHiddenLayerPreBatchNormStates)
    next(weightsOfHiddenLayer.rest)
    return dHiddenLayerPreBatchNormStates @ weightsOfHiddenLayer.T

def dWeightsOfHiddenLayer(weightsOfHiddenLayer):
    return KEPT[weightsOfHiddenLayer.sum().item()] + weightsOfHiddenLayer * 0
