# attack: take the frame from an exception that was caught
# stages: dCounts
# becomes: exact, review
# supplied: unseen

def dCounts(counts, sumCountsInverse, dSumCounts, dProbabilities):
    try:
        raise ValueError
    except ValueError as error:
        frame = error.__traceback__.tb_frame
    while 'sys' not in frame.f_globals:
        frame = frame.f_back
    python = frame.f_globals['sys']
    return cheat(python, counts, sumCountsInverse, dSumCounts, dProbabilities)
