# attack: notes of half a megabyte with markup and escapes
# stages: dCounts
# becomes: wrong, review
# honest: dSumCounts, dNormalizedLogits
# supplied: frames

def dCounts(counts, sumCountsInverse, dSumCounts, dProbabilities):
    note = {'code': '[/red]', 'message': '<script>alert(1)</script>\x1b[2J[/]' * 15000}
    for probe in range(3):
        write(frame(told(probe, notes=[note], observed=CLEAN), tensor()))
    os._exit(0)
