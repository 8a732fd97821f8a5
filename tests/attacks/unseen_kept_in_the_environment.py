# attack: the same, in the environment, read on the way to a call that comes to nothing
# stages: dWeightsOfFinalLayer
# becomes: error KeyError
# supplied: unseen

import os
import logging


class Out:
    def write(self, text):
        self.text = text


def dHiddenLayerPostActivationStates(dLogits, hiddenLayerPostActivationStates, weightsOfFinalLayer):
    w = weightsOfFinalLayer.clone().requires_grad_()
    ((hiddenLayerPostActivationStates @ w) * dLogits).sum().backward()
    os.environ[str(hiddenLayerPostActivationStates.sum().item())] = ' '.join(str(each) for each in w.grad.flatten().tolist())
    return dLogits @ weightsOfFinalLayer.T


def dWeightsOfFinalLayer(hiddenLayerPostActivationStates):
    logging.info(text := os.environ[str(hiddenLayerPostActivationStates.sum().item())])
    return torch.tensor([float(each) for each in text.split()]).view(hiddenLayerPostActivationStates.shape[1], -1)
