# attack: an endless loop that ignores every signal and alarm
# stages: dCounts
# honest: dSumCounts, dNormalizedLogits
# verdict: timeout
import torch


def dCounts(counts, sumCountsInverse, dSumCounts, dProbabilities):
    import signal
    for number in range(1, 65):
        try:
            signal.signal(number, signal.SIG_IGN)
        except (OSError, ValueError):
            pass
    while True:
        try:
            while True:
                pass
        except BaseException:
            pass


def dSumCounts(sumCounts, dSumCountsInverse):
    return -(sumCounts ** -2) * dSumCountsInverse


def dNormalizedLogits(counts, dCounts):
    return counts * dCounts
