"""The assignment `layers`: functions with a cache in NumPy, forward passes that are asked for, numbers that vary."""

import re
from contextlib import nullcontext
from dataclasses import replace

import pytest

from grader.assignment import load_assignment
from grader.assignment.authoring.notebook import notebook_text
from grader.assignment.authoring.stubs import stub_texts
from grader.border import Source
from grader.report.page import render
from grader.run.exam import examine
from grader.run.grade import grade_submission
from grader.submission import Submission
from helpers.places import ROOT
from helpers.submissions import without_search

FOLDER = ROOT / "exercises" / "layers"
SOLUTIONS = ROOT / "solutions" / "layers"
ALTERNATIVES = sorted((ROOT / "tests" / "alternatives" / "layers").glob("*.py"))
POINTS = 52
OVERFLOWS = "arises-exp-overflows"
CROP = "dpadded[:, :, pad : height - pad, pad : width - pad]"
MOVED = "new_mean = momentum * running_mean + (1 - momentum) * mean"
SWAPPED = "new_mean = (1 - momentum) * running_mean + momentum * mean"
LAST = "gamma * (x - running_mean) / np.sqrt(running_variance + eps) + beta"
SLIPS = [
    ("affine", ".reshape(x.shape)", "", {"dboards": "not-reshaped"}),
    ("affine", "db = dout.sum(axis=0)", "db = dout.mean(axis=0)", {"db": "mean-for-sum"}),
    ("affine", "rows @ w + b,", "rows @ w,", {"out": "bias-forgotten"}),
    ("relu", "dout * (x > 0)", "dout", {"dx": "mask-forgotten"}),
    ("relu", "dout * (x > 0)", "dout * np.maximum(x, 0)", {"dx": "wrong-cache"}),
    ("softmax", "dscores / count", "dscores", {"dscores": "mean-forgotten"}),
    ("softmax", "dscores / count", "dscores / count**2", {"dscores": "mean-twice"}),
    ("softmax", ".mean()", ".sum()", {"loss": "mean-forgotten"}),
    ("softmax", "    dscores[np.arange(count), y] -= 1\n", "", {"dscores": "one-forgotten"}),
    ("softmax", "scores - scores.max(axis=1, keepdims=True)", "scores", {"loss": OVERFLOWS, "dscores": None}),
    ("svm", "-dscores.sum(axis=1)", "0", {"dscores": "right-class-forgotten"}),
    ("svm", "    margins[rows, y] = 0\n", "", {"loss": "right-class-counted", "dscores": "right-class-counted"}),
    ("svm", "dscores / count", "dscores", {"dscores": "mean-forgotten"}),
    ("svm", "None] + 1)", "None])", {"loss": "margin-forgotten", "dscores": "forward-first"}),
    ("two_layer", "dhidden + reg * W1", "dhidden + 2 * reg * W1", {"dW1": "penalty-doubled"}),
    ("two_layer", "dlogits + reg * W2", "dlogits + 0.5 * reg * W2", {"dW2": "penalty-halved"}),
    ("two_layer", "data_loss + 0.5 * reg", "data_loss + reg", {"loss": "penalty-doubled"}),
    ("two_layer", "dlogits.sum(axis=0)", "dlogits.sum(axis=0) + reg * b2", {"db2": "bias-penalised"}),
    ("two_layer", "dhidden.sum(axis=0)", "dhidden.mean(axis=0)", {"db1": "mean-for-sum"}),
    ("two_layer", " * (hidden > 0)", "", {"dW1": "mask-forgotten", "db1": "mask-forgotten"}),
    ("batch_norm", "dbeta / len(dout) - ", "", {"dx": "mean-constant"}),
    ("batch_norm", " - normalised * dgamma / len(dout)", "", {"dx": "variance-constant"}),
    ("batch_norm", MOVED, SWAPPED, {"new_mean": "momentum-swapped"}),
    ("batch_norm", MOVED, "new_mean = 0.9 * running_mean + 0.1 * mean", {"new_mean": None}),
    ("batch_norm", "* variance\n", "* x.var(axis=0, ddof=1)\n", {"new_variance": "unbiased-variance"}),
    ("batch_norm", LAST, "batchnorm_forward(x, gamma, beta, 0, 1, 0, eps)[0]", {"tested": "batch-statistics"}),
    ("batch_norm", "np.sqrt(running_variance + eps)", "np.sqrt(running_variance)", {"tested": "epsilon-forgotten"}),
    ("layer_norm", "dnormalised = dout * gamma", "dnormalised = dout", {"dx": "gamma-forgotten"}),
    ("layer_norm", "(dnormalised - shared - normalised * along)", "dnormalised", {"dx": "statistics-constant"}),
    ("dropout", "dout * mask / keep", "dout / keep", {"dx": "mask-forgotten"}),
    ("dropout", "dout * mask / keep", "dout * mask", {"dx": "mask-not-scaled"}),
    ("dropout", "x * mask / keep", "x * mask / 0.8", {"out": "edit-another"}),
    ("layer_norm", "(normalised, inv", "(gamma * normalised, inv", {"dx": "edit-too-much", "dgamma": "wrong-factor"}),
    ("convolution", "slice(i * stride, i * stride +", "slice(i, i +", {"dimages": None, "dfilters": None}),
    ("convolution", "down, right] +=", "down, right] =", {"dimages": "overwritten"}),
    ("convolution", CROP, "dpadded", {"dimages": None}),
    ("convolution", CROP, "dpadded[:, :, pad:-pad, pad:-pad]", {"dimages": "edit-ends"}),
    ("convolution", CROP, "dpadded[:, :, : height - 2 * pad, : width - 2 * pad]", {"dimages": "padding-cropped"}),
    ("convolution", "dout.sum(axis=(0, 2, 3))", "dout.mean(axis=(0, 2, 3))", {"doffsets": "mean-for-sum"}),
    ("convolution", "i * stride, j * stride", "i, j", {"out": "stride-forgotten"}),
    ("max_pooling", "largest * dout", "dout", {"dimages": "maximum-spread"}),
    ("max_pooling", "down, right] +=", "down, right] =", {"dimages": "overwritten"}),
    ("spatial", "rows - dbeta / len(rows) - ", "rows - ", {"dimages": "mean-constant"}),
    ("spatial", ".sum(axis=0), rows", ".mean(axis=0), rows", {"dimages": "edit-function", "dscale": "mean-for-sum"}),
]  # fmt: skip
"""Of an exercise, an edit of its solution, and every stage that it makes wrong, with the name of the slip."""


@pytest.fixture(scope="module")
def layers():
    return load_assignment("layers")


@pytest.fixture(scope="module")
def examination(layers):
    return examine(layers, frozenset(layers.stage_names), seed="tests")


@pytest.fixture(scope="module")
def solutions():
    return {path.stem: path.read_text(encoding="utf-8") for path in sorted(SOLUTIONS.glob("*.py"))}


@pytest.fixture(scope="module")
def graded(examination, sandbox):
    def grade(texts, exercise=None):
        sources = tuple(Source(f"{name}.py", text) for name, text in texts.items())
        submission = Submission("student", FOLDER, sources, (), {})
        if exercise is None:
            return grade_submission(submission, examination, sandbox)
        only = {exercise.name: examination.probes[exercise.name]}
        asked = replace(examination, selected=exercise.stage_names, probes=only)
        return grade_submission(submission, asked, sandbox)

    return grade


def test_the_solutions_pass_and_are_clean(graded, solutions):
    result = graded(solutions).result
    assert (result.score, result.max_score) == (POINTS, POINTS)
    assert {stage.verdict for stage in result.stages} <= {"exact", "approximate"}
    assert not [stage.name for stage in result.stages if stage.warnings]
    assert {stage.integrity.status for stage in result.stages} == {"clean"}


def test_every_stub_is_missing(layers, graded):
    stubs = {e.stub.removesuffix(".py"): (FOLDER / e.stub).read_text(encoding="utf-8") for e in layers.exercises}
    assert {stage.verdict for stage in graded(stubs).result.stages} == {"missing"}


def test_stubs_and_notebook_are_those_the_sources_give(layers):
    made = stub_texts(layers) | {"layers.ipynb": notebook_text(layers)}
    for name, text in made.items():
        assert (FOLDER / name).read_text(encoding="utf-8") == text, f"{name} is out of date: make stubs"


@pytest.mark.parametrize("path", ALTERNATIVES, ids=[path.stem for path in ALTERNATIVES])
def test_right_code_in_another_style_passes(graded, path):
    result = graded({path.stem: path.read_text(encoding="utf-8")}).result
    assert {stage.verdict for stage in result.stages} <= {"exact", "approximate"}, [
        (stage.name, stage.verdict, stage.message) for stage in result.stages if not stage.passed
    ]


def is_of_the_lines(code):
    """Whether a slip has its name from a search through the lines."""
    return code is not None and code.startswith(("edit-", "arises-"))


@pytest.mark.parametrize(("name", "old", "new", "codes"), SLIPS, ids=[f"{slip[0]}-{slip[2]}" for slip in SLIPS])
def test_a_slip_is_caught_and_named(layers, graded, solutions, name, old, new, codes):
    exercise = next(each for each in layers.exercises if each.script.path.stem.startswith(name))
    text = solutions[exercise.stub.removesuffix(".py")]
    assert text.count(old) >= 1
    with nullcontext() if any(map(is_of_the_lines, codes.values())) else without_search():
        stages = graded({"answers": text.replace(old, new, 1)}, exercise).result.stages
    failed = {
        stage.name.partition(".")[2]: stage.diagnosis and stage.diagnosis.code for stage in stages if not stage.passed
    }
    assert failed == codes


def test_an_input_changed_in_place_is_told_and_costs_nothing(layers, graded, solutions):
    exercise = layers.exercise("dropout")
    text = solutions["ex08_dropout"].replace(
        "    return dout * mask / keep", "    dout *= mask / keep\n    return dout"
    )
    judged = {stage.name: stage for stage in graded({"answers": text}, exercise).result.stages}
    assert judged["dropout.dx"].passed
    assert [warning.code for warning in judged["dropout.dx"].warnings] == ["in-place"]


def test_the_report_draws_the_values_beside_the_gradients(graded, solutions, layers):
    exercise = layers.exercise("batch-norm")
    text = solutions["ex06_batch_norm"].replace(MOVED, "new_mean = mean")
    done = graded({"answers": text}, exercise)
    page = render(done.result, layers, {"answers.py": text}, done.error_maps)
    told = re.sub(r"<[^>]+>", "", page)
    assert "batch-norm.new_mean: wrong" in told and "x is used by out, new_mean, new_variance" in told
    assert "out is where the backward pass starts" in told and "new_mean is where" not in told
    assert "This is of the batch alone" in page


def test_a_whole_number_that_a_probe_scales_stays_one(examination):
    probes = examination.probes["convolution"]
    assert [probe.values["stride"] for probe in probes] == [2, 2, 1, 2, 1]
    assert [probe.values["pad"] for probe in probes] == [1, 1, 0, 2, 1]
    assert {type(probe.values[name]) for probe in probes for name in ("stride", "pad")} == {int}
