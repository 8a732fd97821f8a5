# attack: KeyboardInterrupt, GeneratorExit and a base exception instead of a value
# stages: dCounts
# becomes: error KeyboardInterrupt|GeneratorExit|BaseException
# honest: dSumCounts, dNormalizedLogits

def dCounts(counts, sumCountsInverse, dSumCounts, dProbabilities):
    import random
    raise random.choice([KeyboardInterrupt, GeneratorExit, BaseException])
