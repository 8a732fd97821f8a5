# attack: answers sent while the file is loaded
# stages: dCounts
# becomes: error MalformedReply
# supplied: frames

write(frame({'functions': {'dCounts': [{'source': 'attack.py', 'parameters': ['counts']}]}, 'faults': []}))
only_mine()
for probe in range(3):
    write(frame(told(probe, observed=CLEAN, ask=1), tensor()))


def dCounts(counts, sumCountsInverse, dSumCounts, dProbabilities):
    return torch.zeros_like(counts)
