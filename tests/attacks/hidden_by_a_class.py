# attack: a class scope hides the helper that its method calls
# stages: dHiddenLayerPostActivationStates
# becomes: forbidden, forbidden

"""Exercise 1: every expression"""

__name__ = "torch.mine"

def helper(x, W, up):
    with torch.enable_grad():
        y = x.detach().clone().requires_grad_(True)
        r = y @ W
        return r.grad_fn(up)[0].detach()

class Rules:
    helper = 0
    @staticmethod
    def matmul(x, W, up):
        return helper(x, W, up)

def dHiddenLayerPostActivationStates(dLogits, hiddenLayerPostActivationStates, weightsOfFinalLayer):
    return Rules.matmul(hiddenLayerPostActivationStates, weightsOfFinalLayer, dLogits)
