"""Small assignments whose inputs are on ties and kinks, with right answers that break them in every way, and slips."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import torch

from grader.assignment import load_assignment
from grader.assignment.assignment import Assignment

ASSIGNMENT = """
name = "ties"
title = "Ties"
inputs = "inputs.py"
seed = 1
gradient = "d{{tensor}}"

[sizes]
rows = {{ course = 4, probes = [3, 7] }}
columns = {{ course = 5, probes = [3, 7] }}

[[probes]]
name = "other data"
kind = "consistent"

[[probes]]
name = "arbitrary upstream"
kind = "arbitrary"

[[exercises]]
name = "only"
title = "Only"
script = "forward.py"
stub = "only.py"
stages = [{stages}]
"""
SCALES = "w = torch.randn((rows, columns), generator=generator)"
WHOLE = "x = torch.randint(-1, 3, (rows, columns), generator=generator).float()"
Answer = Callable[..., torch.Tensor]


@dataclass(frozen=True)
class Tied:
    """An assignment on a tie or a kink. Of `stage`, all of `rights` are right; the first one with a slip is wrong."""

    inputs: str
    forward: str
    stages: str
    stage: str
    line: int
    """That makes the tie."""
    rights: Mapping[str, Answer]
    wrongs: Mapping[str, Answer]

    @property
    def slips(self) -> dict[str, Answer]:
        right = next(iter(self.rights.values()))
        return {"sign": _times(right, -1), "half": _times(right, 0.5), **self.wrongs}


def write_tied(folder: Path, tied: Tied) -> Assignment:
    """The assignment in a folder."""
    stages = ", ".join(f'{{ tensor = "{name}", hint = "It is." }}' for name in tied.stages.split())
    (folder / "assignment.toml").write_text(ASSIGNMENT.format(stages=stages))
    (folder / "inputs.py").write_text(f"{tied.inputs}\n{SCALES}\n")
    (folder / "forward.py").write_text(tied.forward)
    return load_assignment(folder)


def _times(answer: Answer, factor: float) -> Answer:
    return lambda given: answer(given) * factor


def _first(values: torch.Tensor) -> torch.Tensor:
    """Of equal largest values along the last axis, the first one."""
    largest = values == values.amax(-1, keepdim=True)
    return (largest & (largest.cumsum(-1) == 1)).float()


def _last(values: torch.Tensor) -> torch.Tensor:
    return _first(values.flip(-1)).flip(-1)


def _evenly(values: torch.Tensor) -> torch.Tensor:
    largest = (values == values.amax(-1, keepdim=True)).float()
    return largest / largest.sum(-1, keepdim=True)


CHOICES = {"first": _first, "last": _last, "evenly": _evenly}


def _pooled(choose: Answer) -> Answer:
    def answer(given):
        maps, upstream = given["maps"], given["dpooled"]
        rows, columns = upstream.shape[0], upstream.shape[-1]
        windows = maps.view(rows, 1, columns, 2, columns, 2).permute(0, 1, 2, 4, 3, 5)
        chosen = choose(windows.reshape(rows, 1, columns, columns, 4)) * upstream[..., None]
        return chosen.view(rows, 1, columns, columns, 2, 2).permute(0, 1, 2, 4, 3, 5).reshape(maps.shape)

    return answer


def _maximum(choose: Answer) -> Answer:
    return lambda given: given["dshifted"] + choose(given["x"]) * given["dbest"]


def _sorted(values: Answer, order: Answer) -> Answer:
    def answer(given):
        places = order(given["x"])
        return torch.zeros_like(given["x"]).scatter(1, places, values(given))

    return answer


def _backwards(x: torch.Tensor) -> torch.Tensor:
    return x.shape[1] - 1 - torch.argsort(x.flip(1), dim=1, stable=True)


def _biases(passing: Answer) -> Answer:
    return lambda given: (given["dh"] * passing(given["x"] + given["b"])).sum(0, keepdim=True)


TIED = {
    "ReLU before max pool": Tied(
        "x = torch.randn((rows, 1, 2 * columns, 2 * columns), generator=generator)\n"
        "weights = torch.randn((rows, 1, columns, columns), generator=generator)",
        "maps = x.relu()\npooled = F.max_pool2d(maps, 2)\nloss = (pooled * weights).sum()\n",
        "maps pooled",
        "maps",
        2,
        {name: _pooled(choose) for name, choose in CHOICES.items()},
        {"to all": _pooled(torch.ones_like), "nothing": lambda given: torch.zeros_like(given["maps"])},
    ),
    "dropout before ReLU": Tied(
        "x = torch.randn((rows, columns), generator=generator)\n"
        "mask = (torch.rand((rows, columns), generator=generator) > 0.5).float() * 2",
        "dropped = x * mask\nhidden = dropped.relu()\nloss = (hidden * w).sum()\n",
        "x dropped hidden",
        "dropped",
        2,
        {
            "0": lambda given: given["dhidden"] * (given["dropped"] > 0),
            "1": lambda given: given["dhidden"] * (given["dropped"] >= 0),
            "half": lambda given: given["dhidden"] * (given["dropped"].sign() + 1) / 2,
        },
        {"all": lambda given: given["dhidden"], "other side": lambda given: given["dhidden"] * (given["dropped"] < 0)},
    ),
    "the largest of equal entries": Tied(
        WHOLE,
        "best = x.max(1, keepdim=True).values\nshifted = x - best\nloss = (shifted * shifted * w).sum()\n",
        "x best shifted",
        "x",
        1,
        {name: _maximum(choose) for name, choose in CHOICES.items()},
        {
            "missing path": lambda given: given["dshifted"] + 0,
            "other path": lambda given: _first(given["x"]) * given["dbest"],
            "a mean": lambda given: given["dshifted"] + given["dbest"] / given["columns"],
        },
    ),
    "an absolute value at 0": Tied(
        WHOLE,
        "size = x.abs()\nloss = (size * w).sum()\n",
        "x size",
        "x",
        1,
        {
            "0": lambda given: given["dsize"] * given["x"].sign(),
            "1": lambda given: given["dsize"] * ((given["x"] >= 0) * 2.0 - 1),
            "-1": lambda given: given["dsize"] * ((given["x"] > 0) * 2.0 - 1),
        },
        {"no sign": lambda given: given["dsize"] + 0, "times x": lambda given: given["dsize"] * given["x"]},
    ),
    "a clamp at its edge": Tied(
        "x = torch.randn((rows, columns), generator=generator).mul(2).round().div(2)",
        "held = x.clamp(-1.0, 1.0)\nloss = (held * w).sum()\n",
        "x held",
        "x",
        1,
        {
            "with the edge": lambda given: given["dheld"] * (given["x"].abs() <= 1),
            "without": lambda given: given["dheld"] * (given["x"].abs() < 1),
        },
        {
            "one side": lambda given: given["dheld"] * (given["x"] <= 1),
            "outside": lambda given: given["dheld"] * (given["x"].abs() > 1),
        },
    ),
    "a place that is one of several": Tied(
        f"{WHOLE}\nvalues = torch.randn((rows, 1), generator=generator)",
        "place = x.argmax(1, keepdim=True)\nput = torch.zeros_like(x).scatter(1, place, values)\n"
        "loss = (put * w).sum()\n",
        "values put",
        "values",
        2,
        {
            "the place given": lambda given: given["dput"].gather(1, given["place"]),
            "the last": lambda given: (given["dput"] * _last(given["x"])).sum(1, keepdim=True),
        },
        {"the whole row": lambda given: given["dput"].sum(1, keepdim=True)},
    ),
    "a sort of equal entries": Tied(
        "x = torch.randn((rows, columns), generator=generator).mul(4).round()",
        "order = torch.sort(x, 1).values\nloss = (order * w).sum()\n",
        "x order",
        "x",
        1,
        {
            "stable": _sorted(lambda given: given["dorder"], lambda x: torch.argsort(x, dim=1, stable=True)),
            "the other way": _sorted(lambda given: given["dorder"], _backwards),
        },
        {
            "not put back": lambda given: given["dorder"] + 0,
            "largest first": _sorted(lambda given: given["dorder"], lambda x: torch.argsort(x, dim=1, descending=True)),
        },
    ),
    "a kink inside a sum": Tied(
        "x = torch.randn((rows, columns), generator=generator)\n"
        "x = x * (torch.rand((rows, columns), generator=generator) > 0.06)\nb = torch.zeros(1, columns)",
        "h = (x + b).relu()\nloss = (h * w).sum()\n",
        "b h",
        "b",
        1,
        {"0": _biases(lambda z: z > 0), "1": _biases(lambda z: z >= 0)},
        {
            "a mean": lambda given: (given["dh"] * (given["x"] > 0)).mean(0, keepdim=True),
            "all rows": lambda given: given["dh"].sum(0, keepdim=True),
        },
    ),
}
