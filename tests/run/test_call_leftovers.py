"""Call scripts: what an object holds from the start is not what a line has made that failed."""

import pytest

from grader.assignment import load_assignment
from grader.border import Source
from grader.run.exam import examine
from grader.run.grade import grade_submission
from grader.submission import Submission

ASSIGNMENT = """
name = "small"
title = "Small"
inputs = "inputs.py"
seed = 1
arrays = "numpy"
sizes = { rows = 3, columns = 5 }

[[exercises]]
name = "scale"
title = "Scale"
script = "scale.py"
calls = "scale_calls.py"
stub = "scale.py"
stages = [{ tensor = "out", kind = "value" }, { tensor = "x" }, { tensor = "factor" }]

[[exercises]]
name = "step"
title = "Step"
script = "step.py"
calls = "step_calls.py"
stub = "step.py"
stages = [{ tensor = "moved", kind = "value" }]
slips = [{ code = "uphill", message = "Downhill is the other way.", lines = { moved = "factor + rate * slope" } }]
"""
FILES = {
    "inputs.py": "x = torch.randn((rows, columns), generator=generator)\n"
    "factor = torch.randn(columns, generator=generator)\n"
    "slope = torch.randn(columns, generator=generator)\n"
    "rate = torch.rand((), generator=generator) + 1\n",
    "scale.py": "out = x * factor\n",
    "scale_calls.py": "layer = Scale(columns)\nlayer.factor = factor\nmodel = Chain([layer])\nout = model.forward(x)\n"
    "dx = model.backward(dout)\ndfactor = layer.dfactor\n",
    "step.py": "moved = factor - rate * slope\n",
    "step_calls.py": "optimiser = SGD([factor], rate)\noptimiser.step([slope])\nmoved = optimiser.parameters[0]\n",
}
SCALE = """
import numpy as np

class Scale:
    def __init__(self, columns):
        self.factor, self.dfactor = np.ones(columns), np.zeros(columns)
    def forward(self, x):
        self.x = x
        return x * self.factor
    def backward(self, dout):
        self.dfactor += (self.x * dout).sum(0)
        return dout * self.factor
"""
CHAIN = """
class Chain:
    def __init__(self, layers):
        self.layers = layers
    def forward(self, x):
        return self.layers[0].forward(x)
    def backward(self, dout):
        return self.layers[0].backward(dout)
"""
SGD = """
class SGD:
    def __init__(self, parameters, rate):
        self.parameters, self.rate = list(parameters), rate
    def step(self, slopes):
        self.parameters[0] -= self.rate * slopes[0]
"""
UNWRITTEN = "    def backward(self, dout):\n        raise NotImplementedError\n"


@pytest.fixture(scope="module")
def graded(tmp_path_factory, sandbox):
    folder = tmp_path_factory.mktemp("small")
    for name, text in {"assignment.toml": ASSIGNMENT, **FILES}.items():
        (folder / name).write_text(text, encoding="utf-8")
    assignment = load_assignment(folder)
    examination = examine(assignment, frozenset(assignment.stage_names), seed="tests")

    def grade(text):
        submission = Submission("student", folder, (Source("answers.py", text),), (), {})
        return {stage.name: stage for stage in grade_submission(submission, examination, sandbox).result.stages}

    return grade


def verdicts(judged):
    return {name: stage.verdict for name, stage in judged.items()}


def test_an_exercise_may_ask_for_values_alone(graded):
    assert all(stage.passed for stage in graded(SCALE + CHAIN + SGD).values())


@pytest.mark.parametrize(
    "text",
    [
        SCALE.partition("    def backward")[0] + UNWRITTEN + CHAIN,
        SCALE + CHAIN.partition("    def backward")[0] + UNWRITTEN,
        SCALE,
    ],
    ids=["the layer's own", "that of what holds it", "nothing holds it"],
)
def test_gradients_that_are_zero_from_the_start_are_missing_where_backward_is(graded, text):
    assert verdicts(graded(text))["scale.dfactor"] == verdicts(graded(text))["scale.dx"] == "missing"


def test_a_parameter_that_no_step_has_moved_is_missing(graded):
    unwritten = SGD.partition("        self.parameters[0] -=")[0] + "        raise NotImplementedError\n"
    assert verdicts(graded(unwritten))["step.moved"] == "missing"


def test_what_a_line_has_made_before_it_failed_counts(graded):
    judged = verdicts(graded(SCALE.replace("return dout * self.factor", "return dout * self.fatcor") + CHAIN))
    assert (judged["scale.dx"], judged["scale.dfactor"]) == ("error", "exact")
