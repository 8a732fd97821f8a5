# attack: say at loading that a file failed which is not there
# stages: dCounts
# becomes: error MalformedReply
# problem: attack.py: While the file was being loaded: The code's process sent results for files or
# supplied: frames

only_mine()
write(frame({'functions': {}, 'faults': [{'source': 'ghost.py', 'fault': {'verdict': 'error', 'type': 'T', 'message': 'm'}}]}))


def dCounts(counts, sumCountsInverse, dSumCounts, dProbabilities):
    return None
