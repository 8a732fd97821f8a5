# attack: arguments of the command line are put on the class of tensors
# stages: dCounts
# becomes: exact, review
# supplied: unseen

import argparse


class Names:
    parse_args = set_defaults = evil = None


p = argparse.ArgumentParser()
p.set_defaults(evil=lambda self: 5)
p.parse_args([], torch.Tensor)


def dCounts(counts, sumCountsInverse, dSumCounts, dProbabilities):
    assert counts.evil() == 5
    return sumCountsInverse*dProbabilities + dSumCounts + 0*counts
