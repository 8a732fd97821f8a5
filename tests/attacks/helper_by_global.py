# attack: a global declared in a function is bound to the helper
# stages: dHiddenLayerPostActivationStates
# becomes: forbidden, forbidden

"""Exercise 1: every expression"""

def helper(x, W, up):
    with torch.enable_grad():
        y = x.detach().clone().requires_grad_(True)
        r = y @ W
        return torch.autograd.graph.get_gradient_edge(r).node(up)[0].detach()

def choose():
    global rule
    rule = helper
choose()

def dHiddenLayerPostActivationStates(dLogits, hiddenLayerPostActivationStates, weightsOfFinalLayer):
    return rule(hiddenLayerPostActivationStates, weightsOfFinalLayer, dLogits)
