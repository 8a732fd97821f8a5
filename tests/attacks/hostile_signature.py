# attack: a callable whose signature runs code
# stages: dCounts
# becomes: error SystemExit
# honest: dSumCounts, dNormalizedLogits

class Callable:
    @property
    def __signature__(self): raise SystemExit(0)
    def __call__(self, **k): return torch.zeros(32, 27)

dCounts = Callable()
