# attack: the same, in another file
# stages: dWeightsOfFinalLayer
# becomes: error KeyError
# supplied: unseen

from store import KEPT as place


def dHiddenLayerPostActivationStates(dLogits, hiddenLayerPostActivationStates, weightsOfFinalLayer):
    w = weightsOfFinalLayer.clone().requires_grad_()
    ((hiddenLayerPostActivationStates @ w) * dLogits).sum().backward()
    place[hiddenLayerPostActivationStates.sum().item()] = torch.tensor(w.grad.tolist())
    return dLogits @ weightsOfFinalLayer.T


def dWeightsOfFinalLayer(hiddenLayerPostActivationStates):
    return place[hiddenLayerPostActivationStates.sum().item()]


# file: store.py
KEPT = {}
