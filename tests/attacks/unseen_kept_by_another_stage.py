# attack: autograd runs in one stage, and another returns what it has kept
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
    return KEPT[hiddenLayerPostActivationStates.sum().item()]
