# attack: what autograd gave in one stage is kept under a name that a function makes global
# stages: dWeightsOfFinalLayer
# becomes: error KeyError
# supplied: unseen

def start():
    global KEPT
    KEPT = {}


start()


def dHiddenLayerPostActivationStates(dLogits, hiddenLayerPostActivationStates, weightsOfFinalLayer):
    w = weightsOfFinalLayer.clone().requires_grad_()
    ((hiddenLayerPostActivationStates @ w) * dLogits).sum().backward()
    KEPT[hiddenLayerPostActivationStates.sum().item()] = torch.tensor(w.grad.tolist())
    return dLogits @ weightsOfFinalLayer.T


def dWeightsOfFinalLayer(hiddenLayerPostActivationStates):
    return KEPT[hiddenLayerPostActivationStates.sum().item()]
