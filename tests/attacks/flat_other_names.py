# attack: flat, and rebinds what is given, so that wrong becomes right
# stages: dCounts
# becomes: wrong, clean
# honest: dNormalizedLogits

dProbabilities = torch.zeros(1)
dSumCounts = torch.zeros(1)
sumCountsInverse = torch.zeros(1)
dCounts = sumCountsInverse * dProbabilities
dNormalizedLogits = counts * dCounts
