# attack: an exception whose text and traceback raise
# stages: dCounts
# becomes: error Crash
# honest: dSumCounts, dNormalizedLogits

class Hostile(BaseException):
    def __str__(self): raise SystemExit(0)
    __repr__ = __str__
    def __getattribute__(self, name): raise KeyboardInterrupt


def dCounts(counts, sumCountsInverse, dSumCounts, dProbabilities):
    raise Hostile
