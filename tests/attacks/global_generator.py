# attack: hope that the probes came from torch's global generator
# stages: dCounts
# honest: dSumCounts, dNormalizedLogits
# verdict: wrong
import torch


def dCounts(counts, sumCountsInverse, dSumCounts, dProbabilities):
    torch.set_rng_state(torch.get_rng_state())
    torch.manual_seed(torch.initial_seed())
    return torch.randn_like(counts)


def dSumCounts(sumCounts, dSumCountsInverse):
    return -(sumCounts ** -2) * dSumCountsInverse


def dNormalizedLogits(counts, dCounts):
    return counts * dCounts
