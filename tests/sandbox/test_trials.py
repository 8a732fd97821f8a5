"""Edits are tried on the lines alone that a value comes of, and one that makes another of them fail is given up."""

import pytest
import torch

from grader.border import CallLine
from grader.sandbox.border.messages import Calls
from grader.sandbox.theirs.trials import CallTrials, Lent, lines_behind

TWO_LAYERS = (
    CallLine("first = Layer()", 1, ("Layer",), ("first",)),
    CallLine("other = Other()", 2, ("Other",), ("other",)),
    CallLine("model = [first]", 3, ("first",), ("model",)),
    CallLine("model[0].backward(x)", 4, ("model", "x"), ()),
    CallLine("y = other.forward(x)", 5, ("other", "x"), ("y",), ("other",)),
    CallLine("dx = first.dx", 6, ("first",), ("dx",)),
    CallLine("later = first.later()", 7, ("first",), ("later",), ("first",)),
)
X = torch.ones(2)


@pytest.mark.parametrize(("name", "numbers"), [("dx", [1, 3, 4, 6]), ("y", [2, 5]), ("later", [1, 3, 4, 6, 7])])
def test_only_the_lines_that_share_something_with_the_value_are_run(name, numbers):
    assert [line.number for line in lines_behind(name, TWO_LAYERS)] == numbers


def tried(source, name, lines):
    """What a value is with a class edited; what goes wrong is raised."""
    calls = Calls(tuple(lines), {"Layer": "a.py"}, "torch")

    def find(text):
        namespace = {}
        exec(text, namespace)
        return lambda _, wanted: namespace[wanted]

    trials = CallTrials(calls, find(source), {"x": X}, name)
    return lambda edited: trials.value(find(edited), lambda value: value)


LAYER = "class Layer:\n    def test(self, x): {test}\n    def backward(self, x): return {backward}\n"
LINES = [
    CallLine("layer = Layer()", 1, ("Layer",), ("layer",)),
    CallLine("tested = layer.test(x)", 2, ("layer", "x"), ("tested",), ("layer",)),
    CallLine("dx = layer.backward(x)", 3, ("layer", "x"), ("dx",), ("layer",)),
]


def layer(test="return x", backward="x"):
    return LAYER.format(test=test, backward=backward)


def test_an_edit_that_makes_a_line_fail_ends_its_trial():
    value = tried(layer(backward="2 * x"), "dx", LINES)
    assert torch.equal(value(layer()), X)
    with pytest.raises(ZeroDivisionError):
        value(layer(test="1 / 0"))


def test_a_line_that_fails_anyway_does_not_hide_what_puts_another_right():
    value = tried(layer(test="1 / 0", backward="2 * x"), "dx", LINES)
    assert torch.equal(value(layer(test="1 / 0")), X)


def test_a_value_that_fails_as_it_is_can_be_put_right():
    value = tried(layer(backward="x / y"), "dx", LINES)
    assert torch.equal(value(layer()), X)
    with pytest.raises(NameError):
        value(layer(backward="y"))


def test_what_one_trial_changes_is_given_anew_to_the_next():
    lent = Lent({"n": 2}, {"x": X.clone(), "y": X.clone()})
    first = lent.given()
    first["x"] += 1
    again = lent.given()
    assert again["n"] == 2 and torch.equal(again["x"], X) and again["y"] is first["y"]
