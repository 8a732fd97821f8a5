# attack: say at loading that a stage is found nowhere: an empty list
# stages: dCounts
# becomes: missing
# supplied: frames

only_mine()
write(frame({'functions': {'dCounts': [], 'dLogitsFast': []}, 'faults': []}))


def dCounts(counts, sumCountsInverse, dSumCounts, dProbabilities):
    return None
