# attack: hope that the probes came from torch's global generator
# stages: dCounts
# becomes: wrong, clean
# honest: dSumCounts, dNormalizedLogits

def dCounts(counts, sumCountsInverse, dSumCounts, dProbabilities):
    torch.set_rng_state(torch.get_rng_state())
    torch.manual_seed(torch.initial_seed())
    return torch.randn_like(counts)
