# attack: a decorator registers the helper with autograd
# stages: dHiddenLayerPostActivationStates
# becomes: forbidden, forbidden

"""Exercise 1: every expression"""

RULES = {}
def rule(f):
    RULES["matmul"] = f

@rule
def helper(x, W, up):
    with torch.enable_grad():
        y = x.detach().clone().requires_grad_(True)
        r = y @ W
        return torch.autograd.graph.get_gradient_edge(r).node(up)[0].detach()


def dHiddenLayerPostActivationStates(dLogits, hiddenLayerPostActivationStates, weightsOfFinalLayer):
    return RULES["matmul"](hiddenLayerPostActivationStates, weightsOfFinalLayer, dLogits)
