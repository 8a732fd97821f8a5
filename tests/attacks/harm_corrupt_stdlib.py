# attack: break the modules that the grader's side of the child uses
# stages: dCounts
# becomes: error Crash
# honest: dSumCounts

def dCounts(counts, sumCountsInverse, dSumCounts, dProbabilities):
    import sys
    for name, module in list(sys.modules.items()):
        if name != 'builtins':
            module.__dict__.clear()
    return torch.zeros_like(counts)
