# attack: an import hook that hands out other modules
# stages: dCounts
# becomes: wrong, review

import sys

class Hook:
    def find_spec(self, name, path=None, target=None):
        raise ImportError(name)

sys.meta_path.insert(0, Hook())


def dCounts(counts, sumCountsInverse, dSumCounts, dProbabilities):
    return torch.zeros_like(counts)


def dSumCounts(sumCounts, dSumCountsInverse):
    return -(sumCounts ** -2) * dSumCountsInverse


def dNormalizedLogits(counts, dCounts):
    return counts * dCounts
