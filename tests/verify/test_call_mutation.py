"""Mutants of what a call script uses: each is caught, or is the same; what no probe reaches is told."""

import pytest

from grader.assignment import load_assignment
from grader.verify.mutation import mutate

TOML = """
name = "relu"
title = "ReLU"
inputs = "inputs.py"
seed = 1
arrays = "numpy"
sizes.n = { course = 4, probes = [2, 6] }
sizes.d = { course = 3, probes = [2, 7] }
[[exercises]]
name = "relu"
title = "ReLU"
script = "forward.py"
calls = "calls.py"
stub = "ex1.py"
stages = [{ tensor = "out", kind = "value", hint = "Keep." }, { tensor = "x", hint = "Pass." }]
"""
FUNCTIONS = """
import numpy as np

def relu_forward(x):
    return np.maximum(x, 0), x

def relu_backward(dout, x):
    return dout * (x > 0)
"""
LAYER = """
import numpy as np

class ReLU:
    def __call__(self, x):
        self.kept = x > 0
        return x * self.kept

    def backward(self, dout):
        return dout * self.kept
"""


@pytest.fixture
def relu(tmp_path):
    def make(calls: str, solution: str):
        files = {
            "assignment.toml": TOML,
            "inputs.py": "x = torch.randn(n, d, generator=generator)",
            "forward.py": "out = torch.relu(x)",
            "calls.py": calls,
            "solutions/ex1.py": solution,
        }
        (tmp_path / "solutions").mkdir()
        for name, text in files.items():
            (tmp_path / name).write_text(text, encoding="utf-8")
        return load_assignment(tmp_path)

    return make


def test_functions_are_broken_one_edit_at_a_time(relu, sandbox):
    calls = "out, cache = relu_forward(x)\ndx = relu_backward(dout, cache)\n"
    forward, backward = mutate(relu(calls, FUNCTIONS), sandbox)
    assert (forward.function, backward.function) == ("relu_forward", "relu_backward")
    for each in (forward, backward):
        assert each.missed == [] and each.caught > 10
        assert each.named == each.rightly > 0 and each.caught + each.equivalent == each.mutants


def test_methods_are_as_well(relu, sandbox, short_search):
    calls = "layer = ReLU()\nout = layer(x)\ndx = layer.backward(dout)\n"
    found = {each.function: each for each in mutate(relu(calls, LAYER), sandbox)}
    assert found.keys() == {"ReLU.__call__", "ReLU.backward"}
    assert not any(each.missed for each in found.values()) and found["ReLU.backward"].caught > 5


def test_a_wrong_edit_that_no_probe_reaches_is_told(relu, sandbox, short_search):
    calls = "out, cache = relu_forward(x)\ndx = relu_backward(dout, cache)\n"
    _, backward = mutate(relu(calls, FUNCTIONS.replace("(x > 0)", "(x > 0) + 1e-6 * x")), sandbox)
    assert backward.missed


def test_an_edit_that_breaks_a_tie_in_another_way_is_the_same_function(relu, sandbox, short_search):
    calls = "out, cache = relu_forward(x)\ndx = relu_backward(dout, cache)\n"
    assignment = relu(calls, FUNCTIONS)
    (assignment.folder / "inputs.py").write_text("x = torch.randint(-1, 2, (n, d), generator=generator).double()")
    forward, backward = mutate(load_assignment(assignment.folder), sandbox)
    assert forward.missed == backward.missed == []
    assert backward.equivalent > 0 and backward.caught > 10
