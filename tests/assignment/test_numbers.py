"""A gradient that is a single number may come as one of Python's."""

import pytest

from grader.run.exam import examine
from helpers.authored import authored
from helpers.submissions import judged, submission_of

FORWARD = "y = x * scale\nz = y**2\nloss = z.mean()\n"
INPUTS = "x = torch.randn((rows, columns), generator=generator)\nscale = torch.randn((), generator=generator)\n"
DESCRIPTION = """\
name = "stretch"
title = "Stretch"
inputs = "inputs.py"
seed = 1

[sizes]
rows = { course = 5, probes = [6, 12] }
columns = { course = 4, probes = [6, 12] }

[[exercises]]
name = "one"
title = "Exercise 1: one factor"
script = "forward.py"
stub = "one.py"
stages = [{ tensor = "z" }, { tensor = "y" }, { tensor = "scale" }, { tensor = "x" }]
"""
ANSWERS = """\
import torch


def dz(z):
    return torch.ones_like(z) / z.numel()


def dy(y, dz):
    return 2 * y * dz


def dscale(x, dy):
    return {}


def dx(scale, dy):
    return {} * dy
"""
RIGHT = ["(x * dy).sum()", "float((x * dy).sum())", "(x * dy).sum().item()", "(x * dy).double().sum().numpy()[()]"]
AUTOGRAD = "torch.autograd.grad((x * (s := torch.tensor(1.0, requires_grad=True)) * dy).sum(), s)[0]"


@pytest.fixture(scope="module")
def answered(tmp_path_factory, sandbox):
    """The stages of an answer for `scale`, which is a single number, and one for `x`, by their names."""
    texts = {"inputs.py": INPUTS, "forward.py": FORWARD, "assignment.toml": DESCRIPTION}
    assignment = authored(tmp_path_factory.mktemp("stretch"), texts)
    examination = examine(assignment, frozenset(assignment.stage_names), seed="numbers")
    return lambda number, factor="scale", after="": judged(
        submission_of(ANSWERS.format(number, factor) + after), examination, sandbox
    )


@pytest.mark.parametrize("number", RIGHT)
def test_it_is_right_and_handed_on(answered, number):
    stages = answered(number)
    assert all(stage.passed and stage.integrity.status != "forbidden" for stage in stages.values())
    assert stages["dscale"].chained.verdict in ("exact", "approximate")


@pytest.mark.parametrize("number", ["-float((x * dy).sum())", "float((x + dy).sum())"])
def test_it_is_wrong_and_told_why(answered, number):
    stage = answered(number)["dscale"]
    assert stage.verdict == "wrong" and stage.diagnosis and stage.score == 0


def test_it_hides_no_autograd(answered):
    assert answered(f"float({AUTOGRAD})")["dscale"].verdict == "forbidden"


def test_a_number_in_the_place_of_a_tensor_is_none(answered):
    stages = answered("(x * dy).sum()", factor="float(dy.sum()) if True else scale")
    assert stages["dx"].verdict == "error" and "float" in stages["dx"].message


LATE = """

class Late(float):
    def __float__(self):
        x, dy = KEPT
        scale = torch.tensor(1.0, requires_grad=True)
        (x * scale * dy).sum().backward()
        return scale.grad.item()


KEPT = []


def number(x, dy):
    KEPT[:] = x, dy
    return Late()
"""


def test_what_makes_it_a_number_is_part_of_what_is_watched(answered):
    assert answered("number(x, dy)", after=LATE)["dscale"].verdict == "forbidden"
