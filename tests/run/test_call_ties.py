"""Call scripts: a tie that one gradient is on goes on into those that the same lines work out from it."""

from functools import cache

import pytest

from grader.run.exam import examine
from grader.verify.checks import verdicts_only
from helpers.authored import authored

ASSIGNMENT = """
name = "net"
title = "A net"
inputs = "inputs.py"
seed = 4
gradient = "d{tensor}"

[sizes]
rows = { course = 6, probes = [5, 9] }
columns = { course = 5, probes = [4, 9] }
units = { course = 4, probes = [4, 9] }

[[exercises]]
name = "net"
title = "The net"
script = "forward.py"
calls = "calls.py"
stub = "net.py"
cuts = ["out"]
"""
FILES = {
    "inputs.py": "x = torch.randint(-2, 3, (rows, columns), generator=generator).float()\n"
    "x = x * (torch.rand((rows, columns), generator=generator) > 0.3)\n"
    "w = torch.randint(-2, 3, (columns, units), generator=generator).float()\n"
    "v = torch.randn(units, generator=generator)\n",
    "forward.py": "pre = x @ w\nhidden = pre.relu()\nout = hidden * v\n",
}
IN_ONE_GO = (
    'stages = [{ tensor = "out", kind = "value" }, { tensor = "pre" }, { tensor = "w" }, { tensor = "x" }]\n',
    "out, cache = net_forward(x, w, v)\ndpre, dw, dx = net_backward(dout, cache)\n",
    """
def net_forward(x, w, v):
    pre = x @ w
    return pre.relu() * v, (x, w, v, pre)


def net_backward(dout, cache):
    x, w, v, pre = cache
    dpre = dout * v * (pre > 0)
    return dpre, x.T @ dpre, dpre @ w.T
""",
)
STEP_BY_STEP = (
    'stages = [{ tensor = "hidden", kind = "value" }, { tensor = "out", kind = "value" }, { tensor = "pre" }, '
    '{ tensor = "w" }, { tensor = "x" }]\n',
    "hidden, pre = first_forward(x, w)\nout = second_forward(hidden, v)\n"
    "dpre = second_backward(dout, pre, v)\ndw, dx = first_backward(dpre, x, w)\n",
    """
def first_forward(x, w):
    pre = x @ w
    return pre.relu(), pre


def second_forward(hidden, v):
    return hidden * v


def second_backward(dout, pre, v):
    return dout * v * (pre > 0)


def first_backward(dpre, x, w):
    return x.T @ dpre, dpre @ w.T
""",
)
SEEDS = ("a", "b")


@pytest.fixture(scope="module")
def examined(tmp_path_factory):
    """What asks for all the stages of one kind, by a seed."""

    @cache
    def of(kind, seed):
        stages, calls, _ = kind
        files = {**FILES, "assignment.toml": ASSIGNMENT + stages, "calls.py": calls}
        assignment = authored(tmp_path_factory.mktemp("net"), files)
        return examine(assignment, frozenset(assignment.stage_names), seed=seed)

    return of


@pytest.fixture
def graded(examined, sandbox):
    """The stages of a solution that is changed in some places, graded with a seed."""

    def grade(kind, seed, *changes):
        *_, text = kind
        for old, new in changes:
            assert old in text
            text = text.replace(old, new)
        return {stage.name: stage for stage in verdicts_only({"net.py": text}, examined(kind, seed), sandbox)}

    return grade


@pytest.mark.parametrize("kind", [IN_ONE_GO, STEP_BY_STEP], ids=["in one go", "step by step"])
def test_either_way_to_break_a_tie_passes_in_all_that_follows_from_it(graded, kind):
    for seed in SEEDS:
        for changes in ((), [("pre > 0", "pre >= 0")]):
            stages = graded(kind, seed, *changes)
            assert {name: stage.verdict for name, stage in stages.items() if not stage.passed} == {}
            assert {stage.chained.verdict for stage in stages.values() if stage.chained} <= {"exact", "approximate"}


@pytest.mark.parametrize(
    ("kind", "left_out"),
    [(IN_ONE_GO, {"net.dpre", "net.dw", "net.dx"}), (STEP_BY_STEP, {"net.dpre"})],
    ids=["in one go", "step by step"],
)
def test_it_is_left_out_where_it_goes_on_and_nowhere_else(graded, kind, left_out):
    stages = graded(kind, "a")
    assert {name for name, stage in stages.items() if any(probe.left_out for probe in stage.probes)} == left_out


SLIPS = {
    "sign": ("dout * v", "-dout * v"),
    "half": ("x.T @ dpre", "x.T @ dpre / 2"),
    "no kink": (" * (pre > 0)", ""),
    "another weight": ("dpre @ w.T", "dpre @ w.T.abs()"),
}


@pytest.mark.parametrize("slip", SLIPS)
@pytest.mark.parametrize("kind", [IN_ONE_GO, STEP_BY_STEP], ids=["in one go", "step by step"])
def test_a_slip_fails_whichever_way_a_tie_is_broken(graded, kind, slip):
    for changes in ((), [("pre > 0", "pre >= 0")]) if slip != "no kink" else ((),):
        stages = graded(kind, "a", SLIPS[slip], *changes)
        assert any(stage.verdict in ("wrong", "overfit") for stage in stages.values()), changes


DOUBLED = [("pre.relu() * v", "pre.relu() * v * 2"), ("dout * v", "dout * v * 2")]


@pytest.mark.parametrize("changes", [(), [("pre > 0", "pre >= 0")]], ids=["0", "1"])
def test_the_gradient_of_a_wrong_forward_pass_is_known_beside_kinks(graded, changes):
    stages = graded(IN_ONE_GO, "a", *DOUBLED, *changes)
    for name in ("net.dw", "net.dx"):
        assert stages[name].verdict == "wrong" and stages[name].diagnosis.code == "forward-first"
