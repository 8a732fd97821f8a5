# attack: a step along the imaginary axis, with a unit that Python makes without a word for it
# stages: dNormalizedLogits
# becomes: exact|approximate, review
# honest: dSumCounts

unit = pow(-1, 0.5)

def dNormalizedLogits(normalizedLogits, dCounts):
    step = 1e-20 * unit
    across = (normalizedLogits.double() + step).exp() - (normalizedLogits.double() - step).exp()
    return dCounts * (across / (2 * step)).float()
