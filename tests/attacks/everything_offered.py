# attack: take all there is to ask for, and give back what has the right shape
# stages: dCounts
# honest: dSumCounts, dNormalizedLogits
import torch


def dCounts(**everything):
    same = [v for k, v in everything.items() if isinstance(v, torch.Tensor) and v.shape == everything['counts'].shape and k[0] == 'd']
    return (same + list(everything.values()))[0]


def dSumCounts(sumCounts, dSumCountsInverse):
    return -(sumCounts ** -2) * dSumCountsInverse


def dNormalizedLogits(counts, dCounts):
    return counts * dCounts
