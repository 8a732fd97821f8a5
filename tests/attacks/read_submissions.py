# attack: copy from a neighbour
# stages: dCounts
# becomes: error LookupError
# honest: dSumCounts, dNormalizedLogits

import glob
PLACES = [*glob.glob('/tmp/**/*.py'), *glob.glob('/home/*/*.py'), *glob.glob('ROOT/../*/*.py'), 'VICTIM/mark']


def dCounts(counts, sumCountsInverse, dSumCounts, dProbabilities):
    for place in PLACES:
        try:
            text = open(place).read()
        except OSError:
            continue
        print('read', place)
        space = {}
        exec(text, space)
        if 'dCounts' in space:
            return space['dCounts'](counts, sumCountsInverse, dProbabilities, dSumCounts)
    raise LookupError('nothing to read')
