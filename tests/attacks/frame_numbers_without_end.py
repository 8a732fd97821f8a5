# attack: numbers of four thousand digits, which no program writes, where operations are counted
# stages: dCounts, dLogitsFast
# becomes: wrong, review
# honest: dSumCounts
# supplied: frames

import sys


def counted(header, body=b""):
    if getattr(header, "observed", None):
        header.observed.operations.update({"aten.mul": 9 * 10**4299, "aten.add": 9 * 10**4299})
    return PACK(header, body)


PACK = sys.modules["grader.sandbox.border.wire"].pack
sys.modules["grader.sandbox.theirs.child"].pack = counted


def dCounts(counts, sumCountsInverse, dSumCounts, dProbabilities):
    return counts


def dLogitsFast(logits):
    return logits * 2
