# attack: flat, and rebinds what is given, so that wrong becomes right
# stages: dCounts
# honest: dNormalizedLogits
# verdict: wrong
import torch

dProbabilities = torch.zeros(1)
dSumCounts = torch.zeros(1)
sumCountsInverse = torch.zeros(1)
dCounts = sumCountsInverse * dProbabilities
dNormalizedLogits = counts * dCounts
