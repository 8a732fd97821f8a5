"""Numbers that scripts make are sizes like those of the description: they name axes, and factors."""

import pytest

from grader.assignment.authoring.shapes import symbolic_shapes
from grader.run.exam import examine
from helpers.authored import authored
from helpers.submissions import judged, submission_of

INPUTS = """\
heads = 3
softening = 0.35
taps = 4
width = heads * 2 + channels
x = torch.randn((batch, time, channels), generator=generator)
w = torch.randn((channels, heads * head), generator=generator)
table = torch.randn((width, heads), generator=generator)
"""
FORWARD = """\
positions = x.shape[1]
rest = positions - taps + 1
y = x @ w
parts = y.view(batch, time, heads, head)
window = parts[:, : time - taps + 1] * softening
both = torch.cat([window, parts], 1)
few = both[:, : (time + batch) // 2, :, 0]
fewer = both[:, : (time + batch) // 3, :, 0]
looked = few @ table.T
loss = both.sum() / heads + looked.mean() + (fewer ** 2).sum() / time + (both ** 2).sum() * softening
"""
DESCRIPTION = """\
name = "parts"
title = "Parts"
inputs = "inputs.py"
seed = 1

[sizes]
batch = { course = 4, probes = [3, 5] }
time = { course = 12, probes = [7, 15] }
channels = { course = 6, probes = [4, 9] }
head = { course = 5, probes = [5, 5] }

[[exercises]]
name = "one"
title = "Exercise 1: parts"
script = "forward.py"
stub = "one.py"
stages = [{ tensor = "looked" }, { tensor = "window" }, { tensor = "parts" }, { tensor = "y" }]
"""
RIGHT = """\
import torch


def dlooked(looked):
    return torch.ones_like(looked) / looked.numel()


def dwindow(window, parts, few, table, heads, softening, time, batch, dlooked):
    both = torch.cat([window, parts], 1)
    dboth = torch.ones_like(both) / heads + 2 * both * softening
    dboth[:, : (time + batch) // 2, :, 0] += dlooked @ table
    cut = (time + batch) // 3
    dboth[:, :cut, :, 0] += 2 * both[:, :cut, :, 0] / time
    return dboth[:, : window.shape[1]]


def dy(y, dparts):
    return dparts.reshape(y.shape)
"""


RETURN = "return dboth[:, : window.shape[1]]"


@pytest.fixture(scope="module")
def parts(tmp_path_factory):
    texts = {"inputs.py": INPUTS, "forward.py": FORWARD, "assignment.toml": DESCRIPTION}
    return authored(tmp_path_factory.mktemp("parts"), texts)


def test_axes_are_called_by_what_they_are_as_long_as(parts):
    shapes = symbolic_shapes(parts, parts.exercise("one"), None)
    assert shapes["x"] == "(batch, time, channels)"
    assert shapes["w"] == "(channels, 15)"
    assert shapes["parts"] == "(batch, time, heads, head)"
    assert shapes["table"] == "(width, heads)"
    assert shapes["window"] == "(batch, rest, heads, head)"
    assert shapes["both"] == "(batch, time + rest, heads, head)"
    assert shapes["few"] == "(batch, rows, heads)" and shapes["fewer"] == "(batch, rows2, heads)"
    assert shapes["looked"] == "(batch, rows, width)"
    assert shapes["positions"] == "an integer" and shapes["softening"] == "a number"


@pytest.fixture(scope="module")
def grade(parts, sandbox):
    examination = examine(parts, frozenset(parts.stage_names), seed="sizes")
    return lambda text: judged(submission_of(text), examination, sandbox)


def test_numbers_that_scripts_make_are_given(grade):
    stages = grade(RIGHT)
    assert all(stages[name].passed for name in ("dlooked", "dwindow", "dy"))


@pytest.mark.parametrize(
    ("old", "new", "code", "said"),
    [
        (RETURN, f"{RETURN} * softening", "factor-of-size", "is softening times"),
        (RETURN, f"{RETURN} / softening", "factor-of-size", "1 / softening"),
        (RETURN, f"{RETURN} * width", "factor-of-size", "width"),
        ("return torch.ones_like(looked) /", "return rest * torch.ones_like(looked) /", "factor-of-size", "rest"),
        ("return dparts.reshape(y.shape)", "return 12 * dparts.reshape(y.shape)", "", "12"),
    ],
)  # fmt: skip
def test_factors_are_told_by_their_names(grade, old, new, code, said):
    text = (
        RIGHT.replace(old, new).replace("def dwindow(", "def dwindow(width, ").replace("(looked)", "(looked, rest)", 1)
    )
    wrong = [stage for name, stage in grade(text).items() if not stage.passed and name != "dparts"]
    (stage,) = wrong
    assert said in stage.diagnosis.message and (not code or stage.diagnosis.code == code), stage.diagnosis
