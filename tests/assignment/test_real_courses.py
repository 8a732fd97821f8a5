"""Three public courses in the shapes they have: names and signatures are theirs, everything else is written here."""

from dataclasses import dataclass

import pytest

from grader.assignment import load_assignment
from grader.assignment.authoring.notebook import notebook_text
from grader.assignment.authoring.stubs import stub_texts
from grader.border import Source
from grader.run.exam import examine
from grader.run.grade import grade_submission
from grader.submission import Submission
from grader.verify.checks import check


@dataclass(frozen=True)
class Course:
    """A course: its assignment, a right solution, and slips: what is replaced, by what, and what becomes of stages."""

    description: str
    files: dict[str, str]
    solution: str
    slips: tuple[tuple[str, str, dict[str, str]], ...]


CS231N = Course(
    description="""
name = "cs231n"
title = "Functions with a cache, in NumPy"
inputs = "inputs.py"
seed = 231
arrays = "numpy"

[sizes]
N = { course = 5, probes = [2, 8] }
D = { course = 4, probes = [2, 8] }
M = { course = 6, probes = [2, 8] }
C = { course = 3, probes = [2, 8] }

[[exercises]]
name = "affine-relu"
title = "An affine layer and its ReLU"
script = "affine_relu.py"
calls = "affine_relu_calls.py"
stub = "layer_utils.py"
stages = [
  { tensor = "out", kind = "value", hint = "An example may have any shape: flatten it first." },
  { tensor = "x", hint = "In the shape that x came in." },
  { tensor = "w", hint = "The flattened rows, transposed." },
  { tensor = "b", hint = "Add up over the rows." },
]
slips = [{ code = "mask", message = "What ReLU stopped gets no gradient.", lines = { out = "a" } }]

[[exercises]]
name = "softmax-loss"
title = "The softmax loss"
script = "softmax_loss.py"
calls = "softmax_loss_calls.py"
stub = "layers.py"
stages = [
  { tensor = "loss", kind = "value", hint = "The mean over the rows." },
  { tensor = "scores", hint = "Probabilities, less one at the right class." },
]
slips = [{ code = "mean", message = "A mean.", lines = { loss = "F.cross_entropy(scores, y, reduction='sum')" } }]
""",
    files={
        "inputs.py": "x = torch.randn((N, 2, D), generator=generator)\n"
        "w = torch.randn((2 * D, M), generator=generator)\n"
        "b = torch.randn(M, generator=generator)\nscores = torch.randn((N, C), generator=generator)\n"
        "y = torch.randint(0, C, (N,), generator=generator)\n",
        "affine_relu.py": "a = x.reshape(N, -1) @ w + b\nout = torch.relu(a)\n",
        "affine_relu_calls.py": "out, cache = affine_relu_forward(x, w, b)\n"
        "dx, dw, db = affine_relu_backward(dout, cache)\n",
        "softmax_loss.py": "loss = F.cross_entropy(scores, y)\n",
        "softmax_loss_calls.py": "loss, dscores = softmax_loss(scores, y)\n",
    },
    solution="""
import numpy as np

def affine_relu_forward(x, w, b):
    a = x.reshape(len(x), -1) @ w + b
    return np.maximum(0, a), (x, w, a > 0)

def affine_relu_backward(dout, cache):
    x, w, kept = cache
    da = dout * kept
    return (da @ w.T).reshape(x.shape), x.reshape(len(x), -1).T @ da, da.sum(axis=0)

def softmax_loss(x, y):
    rows = np.arange(len(x))
    p = np.exp(x - x.max(axis=1, keepdims=True))
    p /= p.sum(axis=1, keepdims=True)
    loss = -np.log(p[rows, y]).mean()
    p[rows, y] -= 1
    return loss, p / len(x)
""",
    slips=(
        ("da = dout * kept", "da = dout", dict.fromkeys(("dx", "dw", "db"), "wrong mask")),
        (".reshape(x.shape)", "", {"dx": "wrong"}),
        ("return loss, p / len(x)", "return loss, p", {"dscores": "wrong mean"}),
        ("return (da @ w.T)", "dx = (da @ w.T)", dict.fromkeys(("dx", "dw", "db"), "error")),
    ),
)
EECS498 = Course(
    description="""
name = "eecs498"
title = "Static methods, in torch"
inputs = "inputs.py"
seed = 498
arrays = "torch"

[sizes]
N = { course = 5, probes = [2, 8] }
D = { course = 4, probes = [2, 8] }
M = { course = 6, probes = [2, 8] }

[[exercises]]
name = "linear"
title = "A linear layer and a ReLU"
script = "linear.py"
calls = "linear_calls.py"
stub = "fully_connected_networks.py"
stages = [
  { tensor = "hidden", kind = "value", hint = "Flatten each example." },
  { tensor = "x", hint = "In the shape that x came in." },
  { tensor = "w", hint = "The flattened rows, transposed." },
  { tensor = "b", hint = "Add up over the rows." },
  { tensor = "out", kind = "value", hint = "Nothing below zero." },
]
slips = [{ code = "mean", message = "A sum.", lines = { hidden = "x.reshape(N, -1) @ w + b / N" } }]
""",
    files={
        "inputs.py": "x = torch.randn((N, 2, D), generator=generator)\n"
        "w = torch.randn((2 * D, M), generator=generator)\n"
        "b = torch.randn(M, generator=generator)\n",
        "linear.py": "hidden = x.reshape(N, -1) @ w + b\nout = torch.relu(hidden)\n",
        "linear_calls.py": "hidden, cache = Linear.forward(x, w, b)\nout, relu_cache = ReLU.forward(hidden)\n"
        "dhidden_ = ReLU.backward(dout, relu_cache)\ndx, dw, db = Linear.backward(dhidden_, cache)\n",
    },
    solution="""
import torch

class Linear(object):
    @staticmethod
    def forward(x, w, b):
        return x.flatten(1).mm(w) + b, (x, w, b)

    @staticmethod
    def backward(dout, cache):
        x, w, b = cache
        return dout.mm(w.t()).view(x.shape), x.flatten(1).t().mm(dout), dout.sum(dim=0)

class ReLU(object):
    @staticmethod
    def forward(x):
        return x.clamp(min=0), x

    @staticmethod
    def backward(dout, cache):
        return torch.where(cache > 0, dout, torch.zeros_like(dout))
""",
    slips=(
        ("dout.sum(dim=0)", "dout.mean(dim=0)", {"db": "wrong mean"}),
        ("x.clamp(min=0), x", "x.abs(), x", {"out": "wrong"}),
        ("dout.mm(w.t())", "dout.mm(w)", dict.fromkeys(("dx", "dw", "db"), "error")),
    ),
)
CMU11785 = Course(
    description="""
name = "cmu11785"
title = "Classes whose gradients are attributes, in NumPy"
inputs = "inputs.py"
seed = 785
gradient = "dLd{tensor}"
arrays = "numpy"

[sizes]
N = { course = 5, probes = [2, 8] }
in_features = { course = 4, probes = [2, 8] }
out_features = { course = 3, probes = [2, 8] }

[[exercises]]
name = "linear"
title = "A linear layer"
script = "linear.py"
calls = "linear_calls.py"
stub = "mytorch_linear.py"
stages = [
  { tensor = "Z", kind = "value", hint = "The weights are of shape (out_features, in_features)." },
  { tensor = "A", hint = "In the shape of A." },
  { tensor = "W", hint = "In the shape of W." },
  { tensor = "b", hint = "A column: add up over the rows." },
]
slips = [{ code = "mean", message = "A sum.", lines = { Z = "A @ W.T / N + b.T / N" } }]
""",
    files={
        "inputs.py": "A = torch.randn((N, in_features), generator=generator)\n"
        "W = torch.randn((out_features, in_features), generator=generator)\n"
        "b = torch.randn((out_features, 1), generator=generator)\n",
        "linear.py": "Z = A @ W.T + b.T\n",
        "linear_calls.py": "layer = Linear(in_features, out_features)\nlayer.W, layer.b = W, b\nZ = layer.forward(A)\n"
        "dLdA = layer.backward(dLdZ)\ndLdW, dLdb = layer.dLdW, layer.dLdb\n",
    },
    solution="""
import numpy as np

class Linear:
    def __init__(self, in_features, out_features, debug=False):
        self.W, self.b = np.zeros((out_features, in_features)), np.zeros((out_features, 1))
        self.debug = debug

    def forward(self, A):
        self.A, self.N = A, A.shape[0]
        self.Ones = np.ones((self.N, 1))
        return A @ self.W.T + self.Ones @ self.b.T

    def backward(self, dLdZ):
        dLdA = dLdZ @ self.W
        self.dLdW = dLdZ.T @ self.A
        self.dLdb = dLdZ.T @ self.Ones
        return dLdA
""",
    slips=(
        ("dLdZ.T @ self.A", "dLdZ.T @ self.A / self.N", {"dLdW": "wrong mean"}),
        ("dLdZ.T @ self.Ones", "dLdZ.sum(0)", {"dLdb": "shape"}),
        ("dLdZ.T @ self.A", "self.A.T @ dLdZ", {"dLdW": "wrong transposed"}),
        ("        self.dLdb = dLdZ.T @ self.Ones\n", "", {"dLdb": "error"}),
    ),
)
COURSES = {"cs231n": CS231N, "eecs498": EECS498, "cmu11785": CMU11785}


@pytest.fixture(params=sorted(COURSES))
def course(request):
    return COURSES[request.param]


@pytest.fixture
def assignment(course, tmp_path):
    for name, text in {"assignment.toml": course.description, **course.files}.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    return load_assignment(tmp_path)


@pytest.fixture
def graded(assignment, sandbox):
    examination = examine(assignment, frozenset(assignment.stage_names), seed="courses")

    def grade(text):
        submission = Submission("student", assignment.folder, (Source("answers.py", text),), (), {})
        return {s.name.partition(".")[2]: s for s in grade_submission(submission, examination, sandbox).result.stages}

    return grade


def test_a_right_solution_passes(course, graded):
    judged = graded(course.solution)
    assert {stage.verdict for stage in judged.values()} <= {"exact", "approximate"}
    assert {stage.integrity.status for stage in judged.values()} == {"clean"}
    assert not any(stage.warnings for stage in judged.values())


def test_a_slip_costs_the_stages_that_it_spoils_and_no_other(course, graded):
    for old, new, spoilt in course.slips:
        assert old in course.solution
        judged = graded(course.solution.replace(old, new, 1))
        found = {name: _found(stage) for name, stage in judged.items() if stage.verdict not in ("exact", "approximate")}
        assert found.keys() == spoilt.keys(), (new, found)
        assert all(found[name].startswith(told) for name, told in spoilt.items()), (new, found)


def _found(stage):
    return f"{stage.verdict} {stage.diagnosis.code}" if stage.diagnosis else stage.verdict


def test_what_is_given_out_is_made_from_the_solution_and_all_of_it_is_missing(course, assignment, sandbox):
    """As `grade verify` and `grade release` have it."""
    (assignment.folder / "solutions").mkdir()
    for exercise in assignment.exercises:
        (assignment.folder / "solutions" / exercise.stub).write_text(course.solution, encoding="utf-8")
    made = stub_texts(assignment) | {assignment.notebook: notebook_text(assignment)}
    for name, text in made.items():
        (assignment.folder / name).write_text(text, encoding="utf-8")
    assert [each.details for each in check(assignment, sandbox, seeds=3) if not each.passed] == []
