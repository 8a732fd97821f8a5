# attack: the same, of a class that a loop goes through
# stages: dCounts
# becomes: wrong, review
# supplied: unseen

class Patch:
    def put(self, rule):
        self.exp = rule


for each in [Patch]:
    each.put(torch.Tensor, lambda x: 0)


def dCounts(counts, sumCountsInverse, dSumCounts, dProbabilities):
    return torch.zeros_like(counts)
