# attack: leave a context with an exception, and go up from its traceback
# stages: dCounts
# becomes: exact, review
# supplied: unseen

class Up:
    tb_frame = f_back = f_globals = None

    def __enter__(self):
        return self

    def __exit__(self, kind, error, trace):
        frame = trace.tb_frame
        while 'sys' not in frame.f_globals:
            frame = frame.f_back
        self.sys = frame.f_globals['sys']
        return True


def dCounts(counts, sumCountsInverse, dSumCounts, dProbabilities):
    up = Up()
    with up:
        raise ValueError
    python = up.sys
    return cheat(python, counts, sumCountsInverse, dSumCounts, dProbabilities)
