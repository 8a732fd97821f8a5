# attack: say at loading that a stage is in a line whose number has four thousand digits
# stages: dCounts
# becomes: error MalformedReply
# problem: The code's process reported lines that do not exist.
# supplied: frames

only_mine()
END = 9 * 10**4298
write(frame({'functions': {'dCounts': [{'source': 'attack.py', 'first_line': END, 'last_line': END, 'definitions': END}]}, 'faults': []}))


def dCounts(counts, sumCountsInverse, dSumCounts, dProbabilities):
    return None
