import torch as t


def dNormalizedLogits(counts, dCounts):
    out = t.zeros_like(counts)
    rows, columns = counts.shape
    for i in range(rows):
        for j in range(columns):
            out[i, j] += counts[i, j] * dCounts[i, j]
    return out


def dSumCounts(sumCounts, dSumCountsInverse):
    try:
        result = [[-d.item() / s.item() ** 2 for s, d in zip(*pair)] for pair in zip(sumCounts, dSumCountsInverse)]
    except ZeroDivisionError as error:
        print("division:", error)
        raise
    return t.tensor(result, dtype=t.float32)
