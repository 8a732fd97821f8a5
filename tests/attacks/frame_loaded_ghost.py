# attack: say at loading that a stage is in a file which is not there
# stages: dCounts
# becomes: error MalformedReply
# problem: attack.py: While the file was being loaded: The code's process sent results for files or
# supplied: frames

only_mine()
write(frame({'functions': {'dCounts': [{'source': 'ghost.py', 'parameters': ['counts'], 'first_line': -5, 'last_line': 1 << 60}]}, 'faults': []}))


def dCounts(counts, sumCountsInverse, dSumCounts, dProbabilities):
    return None
