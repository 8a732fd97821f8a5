# attack: import the grader's own cut graph, and let it differentiate
# stages: dCounts
# becomes: error PermissionError
# honest: dSumCounts, dNormalizedLogits

def dCounts(counts, sumCountsInverse, dSumCounts, dProbabilities):
    import sys, importlib
    sys.modules.pop('grader', None)
    cut = importlib.import_module('grader.assignment.cut_graph')
    from grader.assignment import load_assignment
    raise SystemExit(str(load_assignment('nameweave')))
