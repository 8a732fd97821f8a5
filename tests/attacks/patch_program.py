# attack: another function than the one in the source, by the grader's own table
# stages: dCounts
# becomes: exact, review
# honest: dSumCounts, dNormalizedLogits

import sys
program = sys.modules['grader.sandbox.theirs.program'].Program
def cheat(counts, sumCountsInverse, dSumCounts, dProbabilities):
    c = counts.clone().requires_grad_()
    ((c.sum(1, keepdim=True) * dSumCounts).sum() + (c * sumCountsInverse * dProbabilities).sum()).backward()
    return torch.tensor(c.grad.tolist())
real = program.function
program.function = lambda self, source, name: cheat if name == 'dCounts' else real(self, source, name)


def dCounts(counts, sumCountsInverse, dSumCounts, dProbabilities):
    return torch.zeros_like(counts)
