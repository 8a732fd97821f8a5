# attack: the same, under a name that an inner function has as well
# stages: dWeightsOfFinalLayer
# becomes: error KeyError
# supplied: unseen

KEPT = {}


def dHiddenLayerPostActivationStates(dLogits, hiddenLayerPostActivationStates, weightsOfFinalLayer):
    w = weightsOfFinalLayer.clone().requires_grad_()
    ((hiddenLayerPostActivationStates @ w) * dLogits).sum().backward()
    KEPT[hiddenLayerPostActivationStates.sum().item()] = torch.tensor(w.grad.tolist())
    return dLogits @ weightsOfFinalLayer.T


def dWeightsOfFinalLayer(hiddenLayerPostActivationStates):
    def inner():
        KEPT = 1
        return KEPT
    return KEPT[hiddenLayerPostActivationStates.sum().item()]
