# attack: flat, autograd runs beside one stage and leaves its values in another file, where a later stage finds them
# stages: dNormalizedLogits
# becomes: error KeyError

from store import keep, kept

def by_autograd(normalizedLogits):
    p = normalizedLogits.detach().clone().requires_grad_(True)
    with torch.enable_grad():
        q = torch.exp(p)
    q.backward(torch.ones_like(q))
    return p.grad

dCounts = sumCountsInverse * dProbabilities + torch.ones_like(counts) * dSumCounts + keep(counts, by_autograd(normalizedLogits))

dNormalizedLogits = kept(counts) * dCounts
# file: store.py
KEPT = {}
def keep(counts, value):
    KEPT[float(counts.sum())] = value
    return 0.0
def kept(counts):
    return KEPT[float(counts.sum())]
