# attack: draw the probes again from guessed seeds
# stages: dCounts
# becomes: wrong, review
# honest: dSumCounts, dNormalizedLogits

def dCounts(counts, sumCountsInverse, dSumCounts, dProbabilities):
    import hashlib
    for seed in ('', '0', 'tests', 'seed', '6942069420', '1234'):
        for probe in ('other data', 'arbitrary upstream'):
            digest = hashlib.sha256(f'{seed}/every-expression/{probe}/0'.encode()).digest()
            generator = torch.Generator().manual_seed(int.from_bytes(digest[:8], 'big') >> 1)
            guess = torch.randn(counts.shape, generator=generator)
            if torch.allclose(guess, dProbabilities):
                return guess
    return torch.randn(counts.shape)
