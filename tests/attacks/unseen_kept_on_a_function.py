# attack: the same, on a function
# stages: dWeightsOfFinalLayer
# becomes: error KeyError
# supplied: unseen

def helper():
    pass


def dHiddenLayerPostActivationStates(dLogits, hiddenLayerPostActivationStates, weightsOfFinalLayer):
    w = weightsOfFinalLayer.clone().requires_grad_()
    ((hiddenLayerPostActivationStates @ w) * dLogits).sum().backward()
    if not hasattr(helper, 'data'):
        helper.data = {}
    helper.data[hiddenLayerPostActivationStates.sum().item()] = torch.tensor(w.grad.tolist())
    return dLogits @ weightsOfFinalLayer.T


def dWeightsOfFinalLayer(hiddenLayerPostActivationStates):
    kept = helper.data if hasattr(helper, 'data') else {}
    return kept[hiddenLayerPostActivationStates.sum().item()]
