# attack: say at loading that the file failed, with the verdict exact
# stages: dCounts
# becomes: error MalformedReply
# problem: attack.py: While the file was being loaded: The code's reply cannot be read: the header
# supplied: frames

only_mine()
write(frame({'functions': {}, 'faults': [{'source': 'attack.py', 'fault': {'verdict': 'exact', 'type': 'T', 'message': 'm'}}]}))


def dCounts(counts, sumCountsInverse, dSumCounts, dProbabilities):
    return None
