from dataclasses import dataclass, field

import torch


@dataclass
class Step:
    value: torch.Tensor
    parents: list = field(default_factory=list)
    name: str = ""

    @property
    def shape(self):
        return self.value.shape

    def __repr__(self):
        return f"{self.name}: {tuple(self.shape)}"


def dCounts(counts, sumCountsInverse, dSumCounts, dProbabilities):
    step = Step(counts, [sumCountsInverse, dSumCounts], name="counts")
    print(step)
    inverse, total = step.parents
    return inverse * dProbabilities + torch.ones(step.shape) * total
