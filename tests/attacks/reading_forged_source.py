# attack: say at loading that the stage is in a file whose text is clean
# stages: dCounts
# becomes: exact, review
# supplied: frames

import sys
only_mine()
write(frame({'functions': {'dCounts': [{'source': 'clean.py', 'parameters': ['counts', 'sumCountsInverse', 'dSumCounts', 'dProbabilities'], 'first_line': 3, 'last_line': 5}]}, 'faults': []}))
program = sys.modules['grader.sandbox.theirs.program'].Program
def cheat(counts, sumCountsInverse, dSumCounts, dProbabilities):
    import sys
    observe = sys.modules['grader.sandbox.theirs.observe']
    observe.Observer.observed = lambda self, returned, whatever=False: observe.Observed({'aten.mul': 2})
    c = counts.clone().requires_grad_()
    ((c.sum(1, keepdim=True) * dSumCounts).sum() + (c * sumCountsInverse * dProbabilities).sum()).backward()
    return c.grad


program.function = lambda self, source, name: cheat


# file: clean.py
import torch


def dCounts(counts, sumCountsInverse, dSumCounts, dProbabilities):
    return counts
