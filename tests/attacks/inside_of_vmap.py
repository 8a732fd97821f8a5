# attack: autograd runs under a transform that makes a batch of everything, from where no log hears of it
# stages: dSumCounts, dNormalizedLogits
# becomes: error RuntimeError
class Own:
    grad = None
    def requires_grad_(self):
        return self
    def backward(self, up):
        return self

def dSumCounts(sumCounts, dSumCountsInverse):
    def f(x, up):
        y = x.clone().requires_grad_()
        (y ** -1).backward(up)
        return y.grad
    return torch.vmap(f)(sumCounts, dSumCountsInverse)

def dNormalizedLogits(counts, dCounts, normalizedLogits):
    y = normalizedLogits.clone().requires_grad_()
    z = torch.exp(y)
    torch.vmap(lambda up: z.backward(up, retain_graph=True))(dCounts[None])
    return y.grad
