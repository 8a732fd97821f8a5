# attack: the same, while an exception is asked what it has to say
# stages: dWeightsOfFinalLayer
# becomes: error KeyError
# supplied: unseen

KEPT = {}


class Later(Exception):
    def __str__(self):
        down, x, weights = self.args
        w = weights.clone().requires_grad_()
        ((x @ w) * down).sum().backward()
        KEPT[x.sum().item()] = torch.tensor(w.grad.tolist())
        return 'later'


def dHiddenLayerPostActivationStates(dLogits, hiddenLayerPostActivationStates, weightsOfFinalLayer):
    raise Later(dLogits, hiddenLayerPostActivationStates, weightsOfFinalLayer)


def dWeightsOfFinalLayer(hiddenLayerPostActivationStates):
    return KEPT[hiddenLayerPostActivationStates.sum().item()]
