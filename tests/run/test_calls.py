"""Call scripts: functions with a cache and classes, each line of the script by itself, in NumPy and in torch."""

import json
import textwrap
from pathlib import Path

import numpy as np
import pytest

from grader.assignment import load_assignment
from grader.assignment.authoring.stubs import stub_texts
from grader.border import Source
from grader.cli.main import run
from grader.errors import AssignmentError
from grader.judge.integrity import MENTIONED
from grader.result import Result, StageResult
from grader.run.exam import examine
from grader.run.finding import TORCH_RAN
from grader.run.grade import grade_submission
from grader.submission import Submission

TOML = """
name = "course"
title = "A course"
inputs = "inputs.py"
seed = 1
arrays = "{arrays}"
[sizes]
n = {{ course = 5, probes = [2, 6] }}
d = {{ course = 4, probes = [3, 8] }}
m = {{ course = 3, probes = [2, 7] }}
"""
STAGE = '{{ tensor = "{0}", kind = "{1}", hint = "Think." }}'
EXERCISE = """
[[exercises]]
name = "{name}"
title = "{name}"
script = "{name}.forward.py"
calls = "{name}.calls.py"
stub = "{name}.py"
stages = [{stages}]
"""
INPUTS = """
x = torch.randn(n, d, generator=generator)
w = torch.randn(d, m, generator=generator)
b = torch.randn(m, generator=generator)
y = torch.randint(0, m, (n,), generator=generator)
keep = torch.rand(n, d, generator=generator) > 0.3
"""
AFFINE_LINE = "out = x @ w + b"
AFFINE = ("out:value", "x", "w", "b")
AFFINE_CALLS = "out, cache = affine_forward(x, w, b)\ndx, dw, db = affine_backward(dout, cache)\n"
AFFINE_CODE = """
import numpy as np

def affine_forward(x, w, b):
    return x.dot(w) + b, (x, w, b)

def affine_backward(dout, cache):
    x, w, b = cache
    return dout.dot(w.T), x.T.dot(dout), dout.sum(axis=0)
"""
LINEAR_CALLS = """
layer = Linear(d, m)
layer.weight, layer.bias = w, b
out = layer.forward(x)
dx = layer.backward(dout)
dw, db = layer.grad_weight, layer.grad_bias
"""
LINEAR_CODE = """
import numpy as np

class Linear:
    def __init__(self, a, b):
        self.weight, self.bias = np.zeros((a, b)), np.zeros(b)
        self.grad_weight, self.grad_bias = np.zeros((a, b)), np.zeros(b)

    def forward(self, x):
        self.x = x
        return x @ self.weight + self.bias

    def backward(self, dout):
        self.grad_weight += self.x.T @ dout
        self.grad_bias += dout.sum(0)
        return dout @ self.weight.T
"""


class Course:
    """An assignment of one exercise in a folder, and what becomes of submissions to it."""

    def __init__(
        self,
        folder: Path,
        sandbox,
        line: str,
        calls: str,
        stages: tuple[str, ...],
        arrays: str = "numpy",
        inputs=INPUTS,
    ):
        pairs = [(*each.split(":"), "gradient")[:2] for each in stages]
        tables = ", ".join(STAGE.format(*pair) for pair in pairs)
        text = TOML.format(arrays=arrays) + EXERCISE.format(name="ex", stages=tables)
        files = {"assignment.toml": text, "inputs.py": inputs, "ex.forward.py": line, "ex.calls.py": calls}
        for name, content in files.items():
            (folder / name).write_text(content, encoding="utf-8")
        self.assignment = load_assignment(folder)
        self._sandbox = sandbox
        self._examination = examine(self.assignment, frozenset(self.assignment.stage_names), seed="tests")

    def result(self, text: str, **others: str) -> Result:
        files = {"answers": text, **others}
        return self.of_sources(*(Source(f"{name}.py", textwrap.dedent(each)) for name, each in files.items()))

    def of_notebook(self, *cells: str) -> dict[str, StageResult]:
        texts = [f"{textwrap.dedent(cell).strip()}\n" for cell in cells]
        begins = tuple(1 + "".join(texts[:place]).count("\n") for place in range(len(texts)))
        result = self.of_sources(Source("answers.ipynb", "".join(texts), begins))
        return {each.name.removeprefix("ex."): each for each in result.stages}

    def of_sources(self, *sources: Source) -> Result:
        submission = Submission("student", Path("answers.py"), sources, (), {})
        return grade_submission(submission, self._examination, self._sandbox).result

    def stages(self, text: str, **others: str) -> dict[str, StageResult]:
        return {each.name.removeprefix("ex."): each for each in self.result(text, **others).stages}

    def verdicts(self, text: str, **others: str) -> dict[str, str]:
        return {name: stage.verdict for name, stage in self.stages(text, **others).items()}


@pytest.fixture
def course(tmp_path, sandbox):
    """Makes an assignment of one exercise; by default the affine layer, in NumPy."""

    def make(line=AFFINE_LINE, calls=AFFINE_CALLS, stages=AFFINE, arrays="numpy", inputs=INPUTS) -> Course:
        return Course(tmp_path, sandbox, line, calls, stages, arrays, inputs)

    return make


def passed(stages: dict[str, StageResult]) -> dict[str, bool]:
    return {name: stage.passed for name, stage in stages.items()}


def test_functions_with_a_cache_are_judged_value_by_value(course):
    stages = course().stages(AFFINE_CODE)
    assert all(passed(stages).values()) and {s.integrity.status for s in stages.values()} == {"clean"}
    assert stages["dx"].where.first_line == 7
    wrong = course().stages(AFFINE_CODE.replace("x.T.dot(dout)", "2 * x.T.dot(dout)"))
    assert passed(wrong) == {"out": True, "dx": True, "dw": False, "db": True}
    assert wrong["dw"].verdict == "wrong" and "2 times" in wrong["dw"].diagnosis.message


def test_a_class_is_used_by_its_methods_and_attributes(course):
    linear = course(calls=LINEAR_CALLS)
    stages = linear.stages(LINEAR_CODE)
    assert all(passed(stages).values())
    assert stages["out"].where.first_line == 9 and stages["db"].where.first_line == 13
    lost = linear.stages(LINEAR_CODE.replace("self.grad_bias += dout.sum(0)", "pass"))
    assert passed(lost) == {"out": True, "dx": True, "dw": True, "db": False}


def test_static_methods_of_a_class_in_torch(course):
    calls = "out, cache = Linear.forward(x, w, b)\ndx, dw, db = Linear.backward(dout, cache)\n"
    code = """
    class Linear:
        @staticmethod
        def forward(x, w, b):
            return x.mm(w) + b, (x, w, b)

        @staticmethod
        def backward(dout, cache):
            x, w, b = cache
            return dout.mm(w.t()), x.t().mm(dout), dout.sum(dim=0)
    """
    stages = course(calls=calls, arrays="torch").stages(code)
    assert all(passed(stages).values()) and stages["dx"].operations


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ("raise NotImplementedError", ""),
        ("raise NotImplementedError('to do')", ""),
        ("raise NotImplemented", ""),
        ("raise Exception('This function is not implemented yet')", ""),
        ("pass", ""),
        ("...", ""),
        ("return None", ""),
        ('"""What it is to do."""', None),
        ("dx, dw, db = None, None, None\n    return dx, dw, db", "still None"),
        ("x, w, b = cache\n    dx = None\n    dw = None\n    db = None\n    return dx, dw, db", "still None"),
    ],
)
def test_what_was_given_out_is_missing_in_any_form(body, said, course):
    text = AFFINE_CODE[: AFFINE_CODE.index("def affine_backward")]
    stages = course().stages(f"{text}def affine_backward(dout, cache):\n    {body}\n")
    assert {name: stage.verdict for name, stage in stages.items()} == {
        "out": "exact",
        **dict.fromkeys(["dx", "dw", "db"], "missing"),
    }
    assert said is None or said in stages["dx"].message


def test_without_its_forward_a_backward_has_nothing_to_work_with(course):
    text = AFFINE_CODE.replace("return x.dot(w) + b, (x, w, b)", "raise NotImplementedError")
    stages = course().stages(text)
    assert {stage.verdict for stage in stages.values()} == {"missing"}
    assert stages["dx"].message == "It needs `cache`, which is not written yet."
    gone = course().stages(AFFINE_CODE.replace("def affine_forward", "def affine_froward"))
    assert (
        gone["out"].message == "`affine_froward` is there: is it `affine_forward`?"
        and "needs `cache`" in gone["dx"].message
    )


def test_a_line_that_fails_costs_what_it_was_to_bind_and_no_more(course):
    text = LINEAR_CODE.replace("self.grad_weight += self.x.T @ dout", "self.grad_weight += self.x @ dout")
    stages = course(calls=LINEAR_CALLS).stages(text)
    assert stages["out"].passed and stages["dx"].verdict == "error" and "answers.py" in stages["dx"].error.traceback
    half = LINEAR_CODE.replace("self.grad_weight, self.grad_bias = np.zeros((a, b)), np.zeros(b)", "pass")
    half = half.replace("self.grad_weight += self.x.T @ dout", "self.grad_weight = self.x.T @ dout")
    stages = course(calls=LINEAR_CALLS).stages(half.replace("self.grad_bias += dout.sum(0)", "pass"))
    assert passed(stages) == {"out": True, "dx": True, "dw": True, "db": False}
    assert "grad_bias" in stages["db"].message


def test_what_a_line_reads_is_no_worse_for_its_failure(course):
    calls = "out, cache = f(x, w)\ndx = g(dout, cache)\ndw = h(dout, cache)\n"
    code = """
    def f(x, w): return x @ w, {"x": x, "w": w}
    def g(dout, cache): return dout @ cache["v"]
    def h(dout, cache): return cache["x"].T @ dout
    """
    assert course("out = x @ w", calls, ("out:value", "x", "w")).verdicts(code) == {
        "out": "exact",
        "dx": "error",
        "dw": "approximate",
    }


def test_a_loop_that_collects_fails_as_what_it_calls(course):
    calls = "rows = []\nfor k in range(n):\n    rows.append(f(x[k], w))\nout = np.stack(rows)\ndw = g(dout, x)\n"
    code = "def f(row, w):\n    return row @ w\ndef g(dout, x):\n    return x.T @ dout\n"
    looped = course("out = x @ w", calls, ("out:value", "w"))
    assert all(passed(looped.stages(code)).values())
    assert looped.verdicts(code.replace("return row @ w", "raise NotImplementedError")) == {
        "out": "missing",
        "dw": "approximate",
    }


def test_what_an_unwritten_method_was_to_leave_behind_is_missing_too(course):
    text = LINEAR_CODE.replace("self.grad_weight, self.grad_bias = np.zeros((a, b)), np.zeros(b)", "pass")
    text = text[: text.index("        self.grad_weight +=")] + "        raise NotImplementedError\n"
    assert course(calls=LINEAR_CALLS).verdicts(text) == {
        "out": "exact",
        **dict.fromkeys(["dx", "dw", "db"], "missing"),
    }


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        ("[[1.0]]", "It is a list: a NumPy array is wanted."),
        ("'no'", "It is a str: a NumPy array is wanted."),
        ("np.zeros(3, dtype=complex)", "complex128"),
        ("np.array([None])", "object"),
        ("__import__('torch').zeros(3)", "torch tensor: this course is in NumPy"),
    ],
)
def test_what_is_no_array_is_told_by_what_it_is(answer, said, course):
    stages = course().stages(AFFINE_CODE.replace("dout.dot(w.T), x", f"{answer}, x"))
    assert stages["dx"].verdict == "error" and said in stages["dx"].message and stages["dw"].passed


def test_either_kind_of_array_may_come_back_where_the_assignment_says_so(course):
    text = "import torch\n" + AFFINE_CODE.replace("dout.dot(w.T), x", "torch.from_numpy(dout.dot(w.T)), x")
    assert all(passed(course(arrays="either").stages(text)).values())


@pytest.mark.parametrize(
    "dx",
    [
        "np.ascontiguousarray(dout.dot(w.T))[::-1][::-1]",
        "np.asfortranarray(dout.dot(w.T))",
        "np.matrix(dout.dot(w.T))",
        "np.einsum('ij,kj->ik', dout, w)",
        "np.array([[sum(dout[i, k] * w[j, k] for k in range(w.shape[1])) for j in range(w.shape[0])] for i in "
        "range(len(dout))])",
        "(dout.astype(np.float32) @ w.T.astype(np.float32))",
    ],
)
def test_a_right_array_is_right_however_it_lies_in_memory(dx, course):
    assert course().stages(AFFINE_CODE.replace("dout.dot(w.T), x", f"{dx}, x"))["dx"].passed


def test_an_input_changed_in_place_is_told_and_reaches_no_other_line(course):
    text = AFFINE_CODE.replace("    x, w, b = cache\n", "    x, w, b = cache\n    view = dout[:]\n    view *= 1.0\n")
    assert not course().stages(text)["dx"].warnings
    text = text.replace("view *= 1.0", "view *= 2.0").replace("return dout", "dout = dout / 2\n    return dout")
    stages = course().stages(text)
    assert all(passed(stages).values()) and [w.code for w in stages["dx"].warnings] == ["in-place"]
    assert "dout" in stages["dx"].warnings[0].message
    spoils = "out, cache = f(x, w)\ndx = g(dout, cache)\ndw = h(dout, cache)\n"
    code = """
    def f(x, w):
        return x @ w, (x, w)
    def g(dout, cache):
        dx = dout @ cache[1].T
        dout[:] = 0
        return dx
    def h(dout, cache):
        return cache[0].T @ dout
    """
    assert all(passed(course("out = x @ w", spoils, ("out:value", "x", "w")).stages(code)).values())


def test_integers_and_booleans_are_given_as_they_are_and_values_may_be_numbers(course):
    line = "kept = x * keep\nloss = F.cross_entropy(kept @ w, y)"
    calls = "loss, dw = lose(x, w, keep, y)\n"
    code = """
    import numpy as np
    def lose(x, w, keep, y):
        assert keep.dtype == bool and y.dtype == np.int64 and x.dtype == np.float64
        x = x * keep
        s = x @ w
        p = np.exp(s - s.max(1, keepdims=True))
        p /= p.sum(1, keepdims=True)
        loss = float(-np.log(p[np.arange(len(y)), y]).mean())
        np.add.at(p, (np.arange(len(y)), y), -1)
        return loss, x.T @ p / len(y)
    """
    assert all(passed(course(line, calls, ("loss:value", "w")).stages(code)).values())


CHAIN = "h = x @ w\nout = torch.relu(h)"
CHAIN_CALLS = "h, c = f(x, w)\nout, r = relu(h)\ndh = relu_back(dout, r)\ndx, dw = f_back(dh, c)\n"
CHAIN_CODE = """
import numpy as np
def f(x, w): return x @ w, (x, w)
def relu(h): return np.maximum(h, 0), h
def relu_back(dout, h): return dout * (h > 0)
def f_back(dh, c): return dh @ c[1].T, c[0].T @ dh
"""


def test_a_stage_is_fed_what_is_right_and_what_a_slip_carries_is_told_apart(course):
    chain = course(CHAIN, CHAIN_CALLS, ("h:value", "out:value", "h", "x", "w"))
    stages = chain.stages(CHAIN_CODE)
    assert all(passed(stages).values()) and stages["dx"].chained.verdict == "approximate"
    stages = chain.stages(CHAIN_CODE.replace("dout * (h > 0)", "dout * (h >= -9)"))
    assert passed(stages) == {"h": True, "out": True, "dh": False, "dx": True, "dw": True}
    assert stages["dx"].chained.verdict == "wrong"
    stages = chain.stages(CHAIN_CODE.replace("return x @ w, (x", "return 1 + x @ w, (x"))
    assert passed(stages) == {"h": False, "out": True, "dh": True, "dx": True, "dw": True}


def test_of_a_wrong_forward_its_own_gradient_is_told_apart_from_another(course):
    text = AFFINE_CODE.replace("x.dot(w) + b", "3 * x.dot(w) + b")
    own = course().stages(text.replace("return dout.dot(w.T)", "return 3 * dout.dot(w.T)"))
    assert own["dx"].verdict == "wrong" and own["dx"].diagnosis.code == "forward-first"
    assert "as you wrote it" in own["dx"].diagnosis.message and own["dw"].passed
    other = course().stages(text.replace("return dout.dot(w.T)", "return dout[:, ::-1].dot(w.T)"))
    assert other["dx"].diagnosis is None or other["dx"].diagnosis.code != "forward-first"


SOFTMAX = """
import numpy as np
def lose(s, y):
    p = np.exp(s - s.max(axis=1, keepdims=True))
    p /= p.sum(axis=1, keepdims=True)
    n = len(y)
    loss = -np.log(p[np.arange(n), y]).mean()
    p[np.arange(n), y] -= 1
    return loss, p / n
"""


@pytest.mark.parametrize(
    ("right", "wrong"),
    [("] -= 1", "] += 1"), ("p / n", "p - n")],
)
def test_a_slip_is_located_by_the_edit_that_takes_it_back(right, wrong, course):
    lines = "s = x @ w\nloss = F.cross_entropy(s, y)"
    stages = course(lines, "s = x @ w\nloss, ds = lose(s, y)\n", ("loss:value", "s")).stages(
        SOFTMAX.replace(right, wrong)
    )
    assert stages["ds"].diagnosis and stages["ds"].diagnosis.line == (8 if "-=" in right else 9), stages["ds"]


def test_a_slip_in_a_method_is_located_in_it(course):
    text = LINEAR_CODE.replace("dout.sum(0)", "(dout * (dout > 0)).sum(0)")
    stage = course(calls=LINEAR_CALLS).stages(text)["db"]
    assert stage.verdict == "wrong" and stage.where.first_line == 13
    text = LINEAR_CODE.replace("self.x.T @ dout", "self.x.T + dout")
    stage = course(calls=LINEAR_CALLS).stages(text.replace("self.x.T + dout", "self.x.T @ (dout - 1)"))["dw"]
    assert stage.diagnosis and stage.diagnosis.line == 14, stage


DIFFERENCES = """
import numpy as np
def affine_forward(x, w, b):
    return x @ w + b, (x, w, b)
def slope(x, cache, dout, h):
    gradient = np.zeros_like(x)
    for i in np.ndindex(x.shape):
        old = x[i]
        x[i] = old + h
        above = affine_forward(*cache)[0]
        x[i] = old - h
        below = affine_forward(*cache)[0]
        x[i] = old
        gradient[i] = ((above - below) * dout).sum() / (2 * h)
    return gradient
def affine_backward(dout, cache):
    return tuple(slope(each, cache, dout, STEP) for each in cache)
"""


@pytest.mark.parametrize("step", [1e-4, 1e-5, 1e-6])
def test_central_differences_earn_the_points_and_a_second_look(step, course):
    stages = course().stages(DIFFERENCES.replace("STEP", repr(step)))
    assert all(passed(stages).values())
    assert all("finite differences" in stages[name].integrity.message for name in ("dx", "dw", "db"))
    assert stages["out"].integrity.status == "clean"


@pytest.mark.parametrize(
    "work", ["torch.tensor(x @ w + b).numpy()", "torch.addmm(*map(torch.tensor, (b, x, w))).numpy()"]
)
def test_what_torch_works_out_in_numpy_gets_a_second_look_wherever_it_is_written(work, course):
    text = """
    import numpy as np
    class Layer:
        def forward(self, x, w, b):
            return x @ w + b
    layer = Layer()
    def affine_forward(x, w, b):
        return layer.forward(x, w, b), (x, w, b)
    def affine_backward(dout, cache):
        x, w, b = cache
        return dout.dot(w.T), x.T.dot(dout), dout.sum(axis=0)
    """
    assert {stage.integrity.status for stage in course().stages(text).values()} == {"clean"}
    put_in = f"""
    def other(self, x, w, b):
        import torch
        return {work}
    Layer.forward = other
    """
    out = course().stages(textwrap.dedent(text) + textwrap.dedent(put_in))["out"]
    assert out.verdict in ("exact", "approximate")
    assert out.integrity.status == "review" and out.integrity.message in (TORCH_RAN, MENTIONED)


def test_what_the_grader_does_itself_stands_in_no_log(course):
    for arrays in ("numpy", "either"):
        stages = course(arrays=arrays).stages(AFFINE_CODE)
        assert all(passed(stages).values())
        assert not any(stage.operations for stage in stages.values())


def test_a_view_that_says_it_is_huge_is_told_so_and_costs_no_memory(course):
    text = AFFINE_CODE.replace("dout.sum(axis=0)", "np.broadcast_to(0.0, (10**7, 10**7))")
    stage = course().stages(text)["db"]
    assert stage.error and stage.error.type == "NotATensor" and "far larger" in stage.message


@pytest.mark.parametrize("line", ["w.grad.numpy()", "np.array(w.grad.tolist())", "np.frombuffer(w.grad.numpy())"])
def test_values_out_of_autograd_are_forbidden_however_they_are_carried_over(line, course):
    text = f"""
    import numpy as np
    import torch
    def affine_forward(x, w, b):
        return x @ w + b, (x, w, b)
    def affine_backward(dout, cache):
        x, w, b = (torch.tensor(each, requires_grad=True) for each in cache)
        (x @ w + b).backward(torch.tensor(dout))
        return x.grad.numpy(), {line}.reshape(w.shape), b.grad.numpy()
    """
    assert course().verdicts(text) == {"out": "exact", **dict.fromkeys(["dx", "dw", "db"], "forbidden")}


@pytest.mark.parametrize("step", ["1e-20j", "complex(0, 1e-20)", "np.complex128(1e-20) * 1j"])
def test_a_step_along_the_imaginary_axis_gets_a_second_look(step, course):
    text = f"""
    import numpy as np
    def affine_forward(x, w, b):
        return x @ w + b, (x, w, b)
    def affine_backward(dout, cache):
        gradients = []
        for each in range(3):
            arrays = [part.astype(complex) for part in cache]
            gradient = np.zeros(cache[each].shape)
            for i in np.ndindex(gradient.shape):
                arrays[each][i] += {step}
                gradient[i] = (affine_forward(*arrays)[0].imag * dout).sum() / 1e-20
                arrays[each][i] = cache[each][i]
            gradients.append(gradient)
        return gradients
    """
    stages = course().stages(text)
    assert all(stage.passed for stage in stages.values())
    assert {stages[name].integrity.status for name in ("dx", "dw", "db")} == {"review"}


@pytest.mark.parametrize("body", ["pass", "return None", '"""Nothing is different then."""'])
def test_a_method_that_rightly_does_nothing_costs_no_stage_that_is_read_after_it(body, course):
    read = "dw, db = layer.grad_weight, layer.grad_bias"
    calls = LINEAR_CALLS.replace(read, f"layer.eval()\n{read}")
    text = f"{LINEAR_CODE}\n    def eval(self):\n        {body}\n"
    assert all(passed(course(calls=calls).stages(text)).values())
    wrong = course(calls=calls).stages(text.replace("self.x.T @ dout", "-self.x.T @ dout"))
    assert passed(wrong) == {"out": True, "dx": True, "dw": False, "db": True}


def test_typed_in_sizes_are_right_on_the_course_batch_alone(course):
    stages = course().stages(AFFINE_CODE.replace("dout.sum(axis=0)", "dout.reshape(5, 3).sum(axis=0)"))
    assert stages["db"].verdict == "overfit"


def test_a_file_that_imports_from_another_does_not_count_as_a_second_definition(course):
    text = AFFINE_CODE[: AFFINE_CODE.index("def affine_backward")]
    rest = AFFINE_CODE[AFFINE_CODE.index("def affine_backward") :]
    stages = course().stages(text, more=f"from answers import affine_forward\n{rest}")
    assert all(passed(stages).values()) and not any(stage.warnings for stage in stages.values())


@pytest.mark.parametrize(
    ("calls", "said"),
    [
        ("import numpy\nout, cache = affine_forward(x, w, b)", "no imports"),
        ("out, cache = affine_forward(x, w, b)\n", "no line of ex.calls.py binds `dx`"),
        ("out, dx, dw, db = affine(x, w, b)\n", "is given no upstream gradient"),
        ("out = x @ w\ndx = dw = db = f(dout)", "nothing that students write has a part in `out`"),
        ("out, = (", "not Python"),
    ],
)
def test_a_call_script_that_cannot_be_meant_is_told_with_what_to_do(calls, said, course):
    with pytest.raises(AssignmentError, match=said.replace("(", r"\(")):
        course(calls=calls)


def test_the_stub_has_what_is_given_and_none_of_the_answers(course, tmp_path):
    made = course(calls=LINEAR_CALLS)
    (tmp_path / "solutions").mkdir()
    (tmp_path / "solutions" / "ex.py").write_text(LINEAR_CODE, encoding="utf-8")
    (stub,) = stub_texts(made.assignment).values()
    assert "dout.sum" not in stub and "self.x.T" not in stub and stub.count("raise NotImplementedError") == 2
    assert "self.weight, self.bias = np.zeros((a, b)), np.zeros(b)" in stub and "layer.backward(dout)" in stub
    assert set(made.verdicts(stub).values()) == {"missing"}
    assert all(stage.begun is False for stage in made.stages(stub).values())


def test_the_command_line_speaks_of_it_as_of_any_stage(course, tmp_path, capsys):
    course(calls=LINEAR_CALLS)
    answers = tmp_path / "mine" / "answers.py"
    answers.parent.mkdir()
    answers.write_text(LINEAR_CODE.replace("dout.sum(0)", "dout.mean(0)"), encoding="utf-8")
    where = ["--assignment", str(tmp_path)]
    told = str(tmp_path / "result.json")
    assert run([str(answers), *where, "--no-html", "--json", told]) == 1
    result = json.loads(Path(told).read_text(encoding="utf-8"))
    assert result["score"] == 3 and np.isclose(result["max_score"], 4)
    (tmp_path / "ex.py").write_text(LINEAR_CODE, encoding="utf-8")
    assert run(["show", "Linear", *where]) == 0 and run(["hint", "ex.dx", *where]) == 0
    assert "layer.backward(dout)" in capsys.readouterr().out


def test_a_number_out_of_autograd_is_forbidden_as_a_tensor_is(course):
    line, calls = "scale = x.mean()\nout = scale * x", "out = scaled(x)\ndscale = scaled_backward(dout, x)\n"
    text = """
    def scaled(x):
        return x.mean() * x
    def scaled_backward(dout, x):
        scale = x.mean().clone().requires_grad_()
        (scale * x).backward(dout)
        return scale.grad{taken}
    """
    made = course(line=line, calls=calls, stages=("out:value", "scale"), arrays="torch")
    for taken in ("", ".item()"):
        assert made.verdicts(text.format(taken=taken))["dscale"] == "forbidden"
    by_hand = text.replace("(scale * x).backward(dout)", "").replace("scale.grad{taken}", "(dout * x).sum(){taken}")
    assert passed(made.stages(by_hand.format(taken=".item()"))) == {"out": True, "dscale": True}


STEP_CALLS = """
global w, d, m
out = step(x)
dw = slope(dout, x)
"""
STEP_CODE = """
import numpy as np
d, m = 50, 20
w = np.random.randn(d, m) * 0.01
scale = 1.0

def step(x):
    return np.tanh(x @ w) * scale

def slope(dout, x):
    dw = np.zeros((d, m))
    dw += x.T @ (dout * (1 - step(x) ** 2))
    return dw
"""


@pytest.mark.parametrize("top", ["", "w = np.zeros((3, 3))", "data = open('input.txt').read()\nd = len(set(data))"])
def test_what_students_read_as_variables_of_their_file_is_given_by_global(top, course):
    made = course("out = torch.tanh(x @ w)", STEP_CALLS, ("out:value", "w"))
    text = STEP_CODE.replace("scale = 1.0", f"scale = 1.0\n{top}")
    stages = made.stages(text)
    assert all(passed(stages).values()) and {stage.integrity.status for stage in stages.values()} == {"clean"}
    assert all(passed(made.stages(text.replace("w = np.random.randn(d, m) * 0.01", ""))).values())
    assert passed(made.stages(text.replace("** 2", "** 3"))) == {"out": True, "dw": False}
    slip = text.replace("(1 - step(x) ** 2)", "(1 + step(x) ** 2)")
    diagnosis = made.stages(slip)["dw"].diagnosis
    assert diagnosis and diagnosis.line and "1 + step" in slip.splitlines()[diagnosis.line - 1], diagnosis
    assert not any(passed(made.stages(text.replace("x @ w", "x @ v").replace("w =", "v ="))).values())


def test_a_class_reads_them_as_well_and_they_are_gone_afterwards(course):
    text = """
    w = None
    class Net:
        def step(self, x):
            self.seen = [w is not None]
            return x @ w
        def slope(self, dout, x):
            w[:] = 0
            return x.T @ dout
    def other(x):
        assert w is None
        return x @ x.T
    """
    calls = "global w\nnet = Net()\nout = net.step(x)\ndw = net.slope(dout, x)\nagain = net.step(x)\n"
    made = course("out = x @ w\nagain = out + 0", calls, ("out:value", "w", "again:value"))
    assert all(passed(made.stages(text)).values())


@pytest.mark.parametrize("name", ["out", "dout", "v"])
def test_only_what_there_is_from_the_beginning_can_be_such_a_variable(name, course):
    with pytest.raises(AssignmentError, match=f"`global {name}` gives students a variable that no line"):
        course("out = torch.tanh(x @ w)", STEP_CALLS.replace("global w", f"global {name}"), ("out:value", "w"))


NORM_LINES = "mean = x.mean(0)\nout = x - mean\nmoved = 0.9 * b2 + 0.1 * mean"
NORM_CALLS = """
param = {"mode": "train", "mean": b2}
out, cache = norm_forward(x, param)
moved = param["mean"]
dx = norm_backward(dout, cache)
"""
NORM_CODE = """
def norm_forward(x, param):
    param["mean"] = 0.9 * param["mean"] + 0.1 * x.mean(axis=0)
    return x - x.mean(axis=0), (x, param)

def norm_backward(dout, cache):
    return dout - dout.mean(axis=0)
"""


def test_what_a_function_puts_into_what_it_is_given_is_its_work(course):
    inputs = INPUTS + "b2 = torch.randn(d, generator=generator)\n"
    made = course(NORM_LINES, NORM_CALLS, ("out:value", "moved:value", "x"), inputs=inputs)
    assert all(passed(made.stages(NORM_CODE)).values())
    slip = made.stages(NORM_CODE.replace("+ 0.1 * x", "- 0.1 * x"))
    assert passed(slip) == {"out": True, "moved": False, "dx": True}
    assert slip["moved"].verdict == "wrong" and slip["moved"].where.first_line == 2
    body = NORM_CODE[: NORM_CODE.index("    param")]
    for unwritten in ("raise NotImplementedError", "pass"):
        text = f"{body}    {unwritten}\n{NORM_CODE[NORM_CODE.index('def norm_b') :]}"
        assert set(made.verdicts(text).values()) == {"missing"}
    assert set(made.verdicts(NORM_CODE.replace("def norm_forward", "def other")).values()) == {"missing"}
    failing = made.verdicts(NORM_CODE.replace("return x - x.mean(axis=0)", "return x - y"))
    assert failing["moved"] in ("exact", "approximate") and failing["out"] == "error"


FUNCTION_CALLS = """
ctx = torch.autograd.function.FunctionCtx()
ctx.needs_input_grad = (True, True)
out = Times.forward(ctx, x, w)
ctx.saved_tensors = ctx.to_save
dx, dw = Times.backward(ctx, dout)
"""
FUNCTION_CODE = """
import torch

class Times(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x, w):
        ctx.save_for_backward(x, w)
        return x.mm(w)

    @staticmethod
    def backward(ctx, grad_output):
        x, w = ctx.saved_tensors
        dx = dw = None
        if ctx.needs_input_grad[0]:
            dx = grad_output.mm(w.t())
        if ctx.needs_input_grad[1]:
            dw = x.t().mm(grad_output)
        return dx, dw
"""


def test_a_function_of_torch_is_called_by_hand(course):
    made = course("out = x @ w", FUNCTION_CALLS, ("out:value", "x", "w"), arrays="torch")
    kept = FUNCTION_CODE.replace("ctx.save_for_backward(x, w)", "ctx.x, ctx.w = x, w").replace(
        "x, w = ctx.saved_tensors", "x, w = ctx.x, ctx.w"
    )
    for text in (FUNCTION_CODE, kept):
        stages = made.stages(text)
        assert all(passed(stages).values()) and {stage.integrity.status for stage in stages.values()} == {"clean"}
    assert passed(made.stages(FUNCTION_CODE.replace("w.t()", "-w.t()"))) == {"out": True, "dx": False, "dw": True}
    engine = "with torch.enable_grad():\n            x, w = (each.clone().requires_grad_() for each in (x, w))\n"
    engine += "            return torch.autograd.grad(x.mm(w), (x, w), grad_output)\n        dx = dw = None"
    assert made.verdicts(FUNCTION_CODE.replace("dx = dw = None", engine)) == {
        "out": "exact",
        **dict.fromkeys(["dx", "dw"], "forbidden"),
    }


def test_of_two_files_the_one_counts_that_has_what_else_is_used(course):
    calls = "out = Box(x).times(w)\ndw = times_backward(dout, Box(x))\n"
    text = """
    class Box:
        def __init__(self, data):
            self.data = data
        def times(self, w):
            return self.data @ w
    def times_backward(dout, box):
        return box.data.T @ dout
    """
    other = (
        "class Box:\n    def __init__(self, data):\n        self.x = data\n    def times(self, w):\n        return w\n"
    )
    stages = course("out = x @ w", calls, ("out:value", "w")).stages(text, more=other)
    assert all(passed(stages).values())
    assert "only the one in answers.py counts" in stages["out"].warnings[0].message


CARRIED = "c = x @ w\nstate = torch.tanh(c)"
CARRIED_CALLS = "state, c, cache = step(x, w)\ndx, dw = step_back(dstate, dc, cache)\n"


@pytest.mark.parametrize("calls", [CARRIED_CALLS, CARRIED_CALLS.replace("dstate, dc", "dstate + 0, dc")])
def test_of_an_output_that_another_one_is_made_from_the_outside_gradient_is_meant(calls, course):
    with pytest.raises(AssignmentError, match=r"end with `c = c_\.clone\(\)`"):
        course(CARRIED, calls, ("state:value", "c:value", "x", "w"))
    text = """
    import numpy as np
    def step(x, w):
        c = x @ w
        return np.tanh(c), c, (x, w, np.tanh(c))
    def step_back(dstate, dc, cache):
        x, w, state = cache
        dc = dc + dstate * (1 - state ** 2)
        return dc @ w.T, x.T @ dc
    """
    made = course("c_ = x @ w\nstate = torch.tanh(c_)\nc = c_.clone()", calls, ("state:value", "c:value", "x", "w"))
    assert all(passed(made.stages(text)).values())
    assert passed(made.stages(text.replace("dc + dstate", "dstate")))["dw"] is False


def test_a_training_loop_at_the_end_of_a_file_costs_nothing(course):
    loop = "w = np.zeros((4, 3))\nwhile True:\n    w = w - 0.1 * np.ones((4, 3))\n"
    result = course().result(AFFINE_CODE + loop)
    assert all(stage.passed for stage in result.stages)
    assert any("leave it out" in problem for problem in map(str, result.submission.problems)), result.submission


def test_a_notebook_that_imports_what_is_not_there_goes_by_what_python_has(course):
    imports = "from no_such_six.moves import range, zip\nfrom no_such_course import *\nfrom no_such_helpers import show"
    looped = AFFINE_CODE.replace(
        "x, w, b = cache",
        "x, w, b = cache\n    for i in range(1):\n        show(x)\n    db = sum(r for r, _ in zip(dout, x))",
    ).replace("dout.sum(axis=0)", "db")
    stages = course().of_notebook(imports, looped)
    assert passed(stages) == dict.fromkeys(["out", "dx", "dw", "db"], True)


def test_of_a_function_that_was_not_handed_in_the_file_is_told(course):
    forward = AFFINE_CODE[: AFFINE_CODE.index("def affine_backward")]
    for line in ("from no_such_course.layers import affine_backward", "from no_such_course import *"):
        back = "" if line.endswith("ard") else "def affine_backward(dout, cache):\n    return helper(dout, cache)\n"
        stages = course().of_notebook(line, f"{forward}\n{back}")
        assert stages["out"].passed and stages["dx"].verdict == "error"
        assert "`no_such_course` is neither a file of your submission" in stages["dx"].message


def test_an_array_of_one_number_that_is_no_number_is_told_what_to_write(course):
    text = AFFINE_CODE.replace("x, w, b = cache", "x, w, b = cache\n    n = float(np.ones((1, 1)))")
    stage = course().stages(text)["dx"]
    if stage.verdict == "error":  # older versions of NumPy only warn
        assert "write `.item()`" in stage.message


def test_what_a_line_of_the_script_works_out_of_nothing_is_missing(course):
    calls = "out, cache = affine_forward(x, w, b)\ndx_, dw, db = affine_backward(dout, cache)\ndx = dx_ / 2 * 2\n"
    text = AFFINE_CODE.replace("return dout.dot(w.T),", "return None,")
    found = course(calls=calls).stages(text)
    assert passed(found) == {"out": True, "dx": False, "dw": True, "db": True}
    assert found["dx"].verdict == "missing" and found["dx"].message == "`dx_` is still None."


def test_an_author_who_takes_gradients_from_autograd_is_told_what_to_do(course):
    calls = (
        "x.requires_grad_()\nw.requires_grad_()\nout = Times.apply(x, w)\nout.backward(dout)\ndx, dw = x.grad, w.grad"
    )
    with pytest.raises(AssignmentError, match=r"`x.grad` is what autograd makes.*FunctionCtx"):
        course("out = x @ w", calls, ("out:value", "x", "w"), arrays="torch")


CLIPPED = """
def total(w, b):
    return F.cross_entropy(3 * x @ w + b, y)


def clipped():
    own = [each.detach().clone().requires_grad_() for each in (w, b)]
    return [each.clamp(-0.1, 0.1) for each in torch.autograd.grad(total(*own), own)]


loss = total(w, b)
dw, db = clipped()
"""


def test_gradients_that_are_clipped_are_values(course):
    code = """
    import numpy as np
    def lose(x, y, w, b):
        p = np.exp(3 * x @ w + b)
        p /= p.sum(1, keepdims=True)
        loss = -np.log(p[np.arange(len(y)), y]).mean()
        p[np.arange(len(y)), y] -= 1
        p /= len(y)
        return loss, np.clip(3 * x.T @ p, -0.1, 0.1), np.clip(p.sum(0), -0.1, 0.1)
    """
    made = course(CLIPPED, "loss, dw, db = lose(x, y, w, b)\n", ("loss:value", "dw:value", "db:value"))
    assert all(passed(made.stages(code)).values())
    assert passed(made.stages(code.replace("np.clip(3 * x.T @ p, -0.1, 0.1)", "3 * x.T @ p"))) == {
        "loss": True,
        "dw": False,
        "db": True,
    }


NORMED = "a = x @ w + b\nout = torch.relu((a - a.mean(0)) / torch.sqrt(a.var(0, correction=0) + 1e-5))"
NORMED_CODE = """
import numpy as np
def affine_forward(x, w, b):
    a = x @ w + b
    std = np.sqrt(a.var(axis=0) + 1e-5)
    h = (a - a.mean(axis=0)) / std
    return np.maximum(h, 0), (x, w, h, std)

def affine_backward(dout, cache):
    x, w, h, std = cache
    dh = dout * (h > 0)
    da = (dh - dh.mean(axis=0) - h * (dh * h).mean(axis=0)) / std
    return da @ w.T, x.T @ da, da.sum(axis=0)
"""


@pytest.mark.parametrize("answer", ["da.sum(axis=0)", "np.zeros(len(std))", "da.sum(axis=0) * 3"])
def test_a_gradient_in_which_all_cancels_is_on_no_tie_in_numpy_either(answer, course):
    made = course(line=NORMED)
    right = made.stages(NORMED_CODE.replace("da.sum(axis=0)", answer))
    assert all(passed(right).values()), right["db"]
    wrong = made.stages(NORMED_CODE.replace("da.sum(axis=0)", "dh.sum(axis=0)"))
    assert passed(wrong) == {"out": True, "dx": True, "dw": True, "db": False}


ENGINE_CALLS = """
a, c = Number(float(scale)), Number(2.0)
product = a * c
product.backward()
out = product.data
dscale = a.grad
"""
ENGINE_CODE = """
class Number:
    def __init__(self, data):
        self.data, self.grad = data, 0.0
        self._backward = lambda: None

    def __mul__(self, other):
        out = Number(self.data * other.data)
        def _backward():
            self.grad += other.data * out.grad
            other.grad += self.data * out.grad
        out._backward = _backward
        return out

    def backward(self):
        self.grad = 1.0
        self._backward()
"""


def test_an_engine_of_numbers_that_is_not_begun_is_missing(course):
    inputs = INPUTS + "scale = torch.rand((), generator=generator)\n"
    made = course("out = 2 * scale\nloss = out * 1", ENGINE_CALLS, ("out:value", "scale"), inputs=inputs)
    stages = made.stages(ENGINE_CODE)
    assert all(passed(stages).values()) and {stage.integrity.status for stage in stages.values()} == {"clean"}
    assert passed(made.stages(ENGINE_CODE.replace("+= other.data * out", "+= out"))) == {"out": True, "dscale": False}
    begin, *rest = ENGINE_CODE.split("    def __mul__(self, other):\n")
    unwritten = "        raise NotImplementedError\n\n"
    text = f"{begin}    def __mul__(self, other):\n{unwritten}    def backward(self):\n{unwritten}"
    assert rest and set(made.verdicts(text).values()) == {"missing"}
