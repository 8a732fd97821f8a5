# attack: import the grader's own cut graph, and let it differentiate
# stages: dCounts
# becomes: error PermissionError
# honest: dSumCounts, dNormalizedLogits

def dCounts(counts, sumCountsInverse, dSumCounts, dProbabilities):
    import sys, importlib
    sys.modules.pop('grader', None)
    try:
        cut = importlib.import_module('grader.assignment.cut_graph')
    except ModuleNotFoundError as closed:  # so it looks, where it may not be read
        raise PermissionError(str(closed))
    from grader.assignment import load_assignment
    raise SystemExit(str(load_assignment('nameweave')))
