"""A small assignment of one layer, written for a test, and slips put into it."""

from pathlib import Path

ASSIGNMENT = """\
name = "slope"
title = "Slope: one layer"
inputs = "inputs.py"
seed = 3
gradient = "d{tensor}"

[sizes]
rows = { course = 5, probes = [6, 12] }
columns = { course = 4, probes = [6, 12] }

[[exercises]]
name = "layer"
title = "The layer"
script = "forward.py"
stub = "layer.py"
stages = [
  { tensor = "bent", points = 2, hint = "A square." },
  { tensor = "x", hint = "Two factors.", points = 3 },
  { tensor = "slope", hint = "Broadcast." },
]
"""
INPUTS = """\
x = torch.randn((rows, columns), generator=generator)
slope = torch.rand((1, columns), generator=generator) + 1
"""
FORWARD = """\
# one layer
bent = torch.sigmoid(x * slope)
loss = (bent ** 2).mean()
"""
SOLUTION = """\
def dbent(bent, rows, columns):
    return 2 * bent / (rows * columns)

def dx(bent, slope, dbent):
    return dbent * bent * (1 - bent) * slope

def dslope(x, bent, dbent):
    return (dbent * bent * (1 - bent) * x).sum(0, keepdim=True)
"""


def write_slope(folder: Path) -> Path:
    (folder / "assignment.toml").write_text(ASSIGNMENT)
    (folder / "inputs.py").write_text(INPUTS)
    (folder / "forward.py").write_text(FORWARD)
    return folder


def edit(path: Path, old: str, new: str) -> None:
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new))
