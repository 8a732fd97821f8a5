# attack: names of arguments that take for ever to compare
# stages: dCounts
# becomes: error MalformedReply
# problem: attack.py: While the file was being loaded: The code's process reported arguments that
# supplied: frames

only_mine()
write(frame({'functions': {'dCounts': [{'source': 'attack.py', 'parameters': ['d' * 400000], 'required': ['d' * 400000]}]}, 'faults': []}))


def dCounts(counts, sumCountsInverse, dSumCounts, dProbabilities):
    return None
