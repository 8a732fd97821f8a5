# attack: the helper with autograd is put into a list by its place
# stages: dHiddenLayerPostActivationStates
# becomes: forbidden, forbidden

"""Exercise 1: every expression"""

def helper(x, W, up):
    with torch.enable_grad():
        y = x.detach().clone().requires_grad_(True)
        r = y @ W
        return torch.autograd.graph.get_gradient_edge(r).node(up)[0].detach()

RULES = [None]
RULES[0] = helper

def dHiddenLayerPostActivationStates(dLogits, hiddenLayerPostActivationStates, weightsOfFinalLayer):
    return RULES[0](hiddenLayerPostActivationStates, weightsOfFinalLayer, dLogits)
