# attack: a context that swallows exceptions hides that the helper stays
# stages: dHiddenLayerPostActivationStates
# becomes: forbidden, forbidden

"""Exercise 1: every expression"""

def helper(x, W, up):
    with torch.enable_grad():
        y = x.detach().clone().requires_grad_(True)
        r = y @ W
        return torch.autograd.graph.get_gradient_edge(r).node(up)[0].detach()

class Quiet:
    def __enter__(self): return self
    def __exit__(self, *a): return True
with Quiet():
    with Quiet():
        1 / 0
        helper = 0
    rule = helper

def dHiddenLayerPostActivationStates(dLogits, hiddenLayerPostActivationStates, weightsOfFinalLayer):
    return rule(hiddenLayerPostActivationStates, weightsOfFinalLayer, dLogits)
