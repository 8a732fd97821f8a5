# attack: the helper with autograd is appended to a list
# stages: dHiddenLayerPostActivationStates
# allow: review
"""Exercise 1: every expression"""
import torch
import torch.nn.functional as F

def helper(x, W, up):
    with torch.enable_grad():
        y = x.detach().clone().requires_grad_(True)
        r = y @ W
        return torch.autograd.graph.get_gradient_edge(r).node(up)[0].detach()

RULES = []
RULES.append(helper)

def dHiddenLayerPostActivationStates(dLogits, hiddenLayerPostActivationStates, weightsOfFinalLayer):
    return RULES[0](hiddenLayerPostActivationStates, weightsOfFinalLayer, dLogits)
