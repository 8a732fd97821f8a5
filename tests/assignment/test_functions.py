"""A function of several gradients is given all it needs from above, and works out for itself what it answers."""

import pytest

from grader.run.exam import examine
from helpers.authored import authored
from helpers.submissions import submission_of, verdicts_of

FORWARD = """\
first = x @ weights
second = torch.tanh(first)
both = torch.sigmoid(second) + first * second
aside = x + bias
loss = (both ** 2).mean() + (aside ** 2 * torch.arange(1.0, columns + 1)).mean()
"""
INPUTS = """\
x = torch.randn((rows, columns), generator=generator)
weights = torch.randn((columns, units), generator=generator)
bias = torch.randn((1, columns), generator=generator)
"""
DESCRIPTION = """\
name = "gate"
title = "Gate"
inputs = "inputs.py"
seed = 1

[sizes]
rows = { course = 5, probes = [6, 12] }
columns = { course = 4, probes = [6, 12] }
units = { course = 3, probes = [6, 12] }

[[probes]]
name = "other data"
kind = "consistent"

[[probes]]
name = "other gradients"
kind = "arbitrary"

[[probes]]
name = "more gradients"
kind = "arbitrary"

[[exercises]]
name = "outside"
title = "Exercise 1: from the loss"
script = "forward.py"
stub = "outside.py"
stages = [{ tensor = "both" }, { tensor = "aside" }]

[[exercises]]
name = "inside"
title = "Exercise 2: in one function"
script = "forward.py"
stub = "inside.py"
function = "backward"
cuts = ["both", "aside"]
stages = [{ tensor = "second" }, { tensor = "first" }, { tensor = "weights" }, { tensor = "bias" }, { tensor = "x" }]
"""
OUTSIDE = """\
import torch


def dboth(both):
    return 2 * both / both.numel()


def daside(aside, columns):
    return 2 * aside * torch.arange(1.0, columns + 1) / aside.numel()
"""
INSIDE = """\
def backward(x, weights, first, second, dboth, daside):
    gate = torch.sigmoid(second)
    dsecond = dboth * (gate * (1 - gate) + first)
    dfirst = dboth * second + dsecond * (1 - second ** 2)
    dweights = x.T @ dfirst
    dbias = daside.sum(0, keepdim=True)
    dx = dfirst @ weights.T + daside
    return dsecond, dfirst, dweights, dbias, dx
"""
NAMES = {f"backward.d{tensor}" for tensor in ("second", "first", "weights", "bias", "x")}


@pytest.fixture(scope="module")
def gate(tmp_path_factory):
    texts = {"inputs.py": INPUTS, "forward.py": FORWARD, "assignment.toml": DESCRIPTION}
    return authored(tmp_path_factory.mktemp("gate"), texts)


@pytest.fixture(scope="module")
def grade(gate, sandbox):
    examination = examine(gate, frozenset(gate.stage_names), seed="functions")
    return lambda inside, outside=OUTSIDE: verdicts_of(submission_of(outside + "\n\n" + inside), examination, sandbox)


def test_it_is_given_what_comes_from_above_and_nothing_that_it_answers(gate):
    exercise = gate.exercise("inside")
    assert exercise.upstream_of("backward") == ("both", "aside")
    assert gate.exercise("outside").upstream_of("dboth") == ("loss",)


def test_a_right_one_passes_everywhere(grade):
    assert {name for name, stage in grade(INSIDE).items() if stage.passed} == NAMES | {"dboth", "daside"}


@pytest.mark.parametrize(
    ("old", "new", "wrong"),
    [
        ("daside.sum(0, keepdim=True)", "daside.mean(0, keepdim=True)", {"bias"}),
        ("weights.T + daside", "weights.T", {"x"}),
        ("dsecond * (1 - second ** 2)", "0 * dsecond", {"first", "weights", "x"}),
        ("(gate * (1 - gate) + first)", "(gate * (1 - gate))", {"second", "first", "weights", "x"}),
    ],
)
def test_a_slip_costs_what_comes_of_it(grade, old, new, wrong):
    stages = grade(INSIDE.replace(old, new))
    failed = {name for name in NAMES if not stages[name].passed}
    assert failed == {f"backward.d{tensor}" for tensor in wrong}


def test_what_it_is_to_answer_is_not_to_be_had_by_name(grade):
    stages = grade(INSIDE.replace("dboth, daside)", "dboth, daside, dsecond)"))
    assert all(not stages[name].passed and "dsecond" in stages[name].message for name in NAMES)


def test_the_chained_run_begins_with_what_it_is_given(grade):
    stages = grade(INSIDE.replace("(1 - second ** 2)", "(1 + second ** 2)"))
    wrong = {f"backward.d{tensor}" for tensor in ("first", "weights", "x")}
    assert {name for name in NAMES if stages[name].chained.verdict == "wrong"} == wrong
