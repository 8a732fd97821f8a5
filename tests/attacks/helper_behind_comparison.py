# attack: a comparison that stops early binds the helper nowhere
# stages: dHiddenLayerPostActivationStates
# becomes: forbidden, forbidden

"""Exercise 1: every expression"""

def helper(x, W, up):
    with torch.enable_grad():
        y = x.detach().clone().requires_grad_(True)
        r = y @ W
        return torch.autograd.graph.get_gradient_edge(r).node(up)[0].detach()

rule = (1 > 2 > (helper := 0), helper)[1]

def dHiddenLayerPostActivationStates(dLogits, hiddenLayerPostActivationStates, weightsOfFinalLayer):
    return rule(hiddenLayerPostActivationStates, weightsOfFinalLayer, dLogits)
