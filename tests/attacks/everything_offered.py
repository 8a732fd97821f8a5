# attack: take all there is to ask for, and give back what has the right shape
# stages: dCounts
# becomes: wrong, clean
# honest: dSumCounts, dNormalizedLogits

def dCounts(**everything):
    same = [v for k, v in everything.items() if isinstance(v, torch.Tensor) and v.shape == everything['counts'].shape and k[0] == 'd']
    return (same + list(everything.values()))[0]
