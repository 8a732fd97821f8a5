"""Flat hand-ins: gradients computed at top level, as most people write them in a notebook."""

import json

import pytest

from grader.sandbox.theirs.statements import Inert
from helpers.places import SOLUTIONS
from helpers.solution import flat_solution
from helpers.submissions import stages_of, write_notebook

COUNTS = "dCounts = sumCountsInverse * dProbabilities\ndCounts += torch.ones_like(counts) * dSumCounts"
NORMALIZED = "dNormalizedLogits = counts * dCounts"
OPENING = """\
import torch
import torch.nn.functional as F
words = open('names.txt').read().splitlines()
batchSize = 32

def cmp(name, gradient, tensor):
    print(name, torch.all(gradient == tensor.grad).item())
"""
TABLE = """\
dEmbeddingLookUpMatrix = torch.zeros_like(embeddingLookUpMatrix)
for k in range(inputBatch.shape[0]):
    for j in range(inputBatch.shape[1]):
        ix = inputBatch[k, j]
        dEmbeddingLookUpMatrix[ix] += dEmbedding[k, j]
"""


@pytest.fixture
def graded(grade_folder, tmp_path):
    """The stages of a flat hand-in, by name: a notebook with these cells, or a script of one piece."""

    def grade(*cells, script=False):
        if script:
            path = tmp_path / "answers.py"
            path.write_text("\n\n".join(cells), encoding="utf-8")
        else:
            path = write_notebook(tmp_path / "answers.ipynb", cells)
        result = grade_folder(path)
        return stages_of(result) | {"": result}

    return grade


def everything(*, headings):
    cells = [OPENING]
    for number, path in enumerate(sorted(SOLUTIONS.glob("ex[123]*.py")), start=1):
        cells += [f"md:## Exercise {number}"] if headings else []
        cells += flat_solution(path)
    cells += ["md:# Exercise 4: putting it all together"] if headings else []
    return [*cells, "for step in range(10**12):\n    dLogits = F.softmax(logits, 1)\n    loss.backward()"]


@pytest.mark.parametrize("headings", [True, False], ids=["with headings", "by order of appearance"])
@pytest.mark.parametrize("script", [True, False], ids=["script", "notebook"])
def test_a_complete_one_has_all_points_without_loading_data_or_training(graded, headings, script):
    cells = everything(headings=headings)
    if script:
        cells = [f"# {cell[3:]}" if cell.startswith("md:") else cell for cell in cells]
    stages = graded(*cells, script=script)
    result = stages.pop("")
    assert [name for name, stage in stages.items() if not stage.passed] == []
    assert result.submission.style == "flat" and result.submission.problems == []
    assert {stage.integrity.status for stage in stages.values()} == {"clean"}


def test_the_stage_of_an_exercise_is_the_one_under_its_heading(graded):
    wrong = "dLogits = dNormalizedLogits * 0"
    fast = "dLogits = F.softmax(logits, 1)\ndLogits[range(batchSize), outputBatch] -= 1\ndLogits /= batchSize"
    stages = graded(OPENING, "md:### Exercise 1", wrong, "# Exercise 2: cross entropy in one go", fast)
    assert stages["dLogitsFast"].passed and stages["dLogits"].verdict == "wrong"


def test_one_that_has_come_to_the_logits_is_still_in_the_first_exercise(graded):
    so_far = [NORMALIZED, "dMaxLogits = -dNormalizedLogits.sum(1, keepdim=True)"]
    logits = "dLogits = dNormalizedLogits + (logits == logits.max(1, keepdim=True).values) * dMaxLogits"
    stages = graded("import torch", *so_far, logits, *so_far, logits)
    assert stages["dLogits"].passed and stages["dLogitsFast"].verdict == "missing"


def test_a_slip_costs_its_own_stage_only(graded):
    stages = graded("import torch", "dCounts = sumCountsInverse * dProbabilities * 2", NORMALIZED)
    assert stages["dCounts"].verdict == "wrong" and stages["dNormalizedLogits"].passed


def test_what_changes_it_after_other_stages_belongs_to_it(graded):
    first, second = COUNTS.split("\n")
    stages = graded("import torch", first, "dSumCounts = -(sumCounts ** -2) * dSumCountsInverse", second)
    assert stages["dCounts"].passed and stages["dSumCounts"].passed


def test_a_read_of_something_half_done_keeps_the_students_value(graded):
    """The gradient of the maximum may be written from that of the logits, as long as only one path is in it."""
    stages = graded(
        "import torch\nimport torch.nn.functional as F",
        "dLogits = dNormalizedLogits.clone()",
        "dMaxLogits = (-dLogits).sum(1, keepdim=True)",
        "dLogits += F.one_hot(logits.max(1).indices, num_classes=logits.shape[1]) * dMaxLogits",
    )
    assert stages["dMaxLogits"].passed and stages["dLogits"].passed


def test_loops_helpers_and_temporaries_come_along(graded):
    stages = graded(
        "import torch\ndef spread(value, like):\n    return torch.ones_like(like) * value",
        "share = sumCountsInverse * dProbabilities\ntotal = share + 0\ndCounts = total",
        "dCounts = dCounts + spread(dSumCounts, counts)",
        TABLE,
    )
    assert stages["dCounts"].passed and stages["dEmbeddingLookUpMatrix"].passed


@pytest.mark.parametrize(
    "change",
    [
        "dEmbeddingLookUpMatrix.index_add_(0, inputBatch.view(-1), rows)",
        "torch.index_add(dEmbeddingLookUpMatrix, 0, inputBatch.view(-1), rows, out=dEmbeddingLookUpMatrix)",
        "def add(table, rows):\n    table.index_add_(0, inputBatch.view(-1), rows)\nadd(dEmbeddingLookUpMatrix, rows)",
        "with torch.no_grad():\n    dEmbeddingLookUpMatrix.index_add_(0, inputBatch.view(-1), rows)",
        "for i, x in zip(inputBatch.view(-1), rows):\n    dEmbeddingLookUpMatrix[i] = dEmbeddingLookUpMatrix[i] + x",
        "if True:\n    dEmbeddingLookUpMatrix.index_put_((inputBatch.view(-1),), rows, accumulate=True)",
    ],
)
def test_changes_in_place_are_seen(graded, change):
    start = "dEmbeddingLookUpMatrix = torch.zeros_like(embeddingLookUpMatrix)"
    stages = graded("import torch", start, "rows = dEmbedding.view(-1, dEmbedding.shape[2])", change)
    assert stages["dEmbeddingLookUpMatrix"].passed, stages["dEmbeddingLookUpMatrix"].message


def test_a_value_computed_without_grad_is_a_value(graded):
    assert graded("import torch", f"with torch.no_grad():\n    {NORMALIZED}")["dNormalizedLogits"].passed


def test_a_cell_repeated_with_one_more_line_counts_in_its_last_form(graded):
    half = "dCounts = sumCountsInverse * dProbabilities"
    assert graded("import torch", half, COUNTS)["dCounts"].passed
    assert graded("import torch", COUNTS, half)["dCounts"].verdict == "wrong"


def test_old_answers_in_comments_do_not_count(graded):
    assert graded(NORMALIZED, "# dNormalizedLogits = counts * 0")["dNormalizedLogits"].passed


def test_a_name_spelled_a_little_differently_is_pointed_out_and_not_guessed(graded):
    stage = graded(NORMALIZED, "dMaxLogit = (-dNormalizedLogits).sum(1, keepdim=True)")["dMaxLogits"]
    assert stage.verdict == "missing" and "Did you mean dMaxLogit?" in stage.message


@pytest.mark.parametrize(
    "cells",
    [
        ["dCounts = counts.grad"],
        ["loss.backward()\ndCounts = counts.grad.clone()"],
        ["g = counts.grad", "dCounts = g * 1"],
        ["dCounts = torch.autograd.grad(loss, counts)[0]"],
        ["c = counts.clone().requires_grad_()\n(c.exp() * 2).sum().backward()\ndCounts = c.grad"],
    ],
)
def test_a_value_from_autograd_is_forbidden(graded, cells):
    stages = graded("import torch", *cells, NORMALIZED)
    assert stages["dCounts"].verdict == "forbidden" and stages["dCounts"].score == 0
    assert stages["dNormalizedLogits"].passed and stages["dNormalizedLogits"].integrity.status == "clean"


def test_autograd_beside_ones_own_value_is_nothing(graded):
    stages = graded("import torch", "loss.backward()", COUNTS, "print(dCounts - counts.grad)", "counts.grad = None")
    assert stages["dCounts"].passed and stages["dCounts"].integrity.status == "clean"


@pytest.mark.parametrize("shape", ["counts.grad.shape", "counts.grad.size()", "torch.zeros_like(counts.grad).shape"])
def test_the_shape_of_autograds_gradient_is_no_gradient(graded, shape):
    stages = graded("import torch", "loss.backward()", COUNTS, f"dCounts = dCounts.reshape({shape})", NORMALIZED)
    assert stages["dCounts"].passed and stages["dCounts"].integrity.status == "clean"


@pytest.mark.parametrize(
    "gradient", ["torch.zeros_like(counts.grad) + counts.grad", "counts.grad.data", "-counts.grad"]
)
def test_its_numbers_are(graded, gradient):
    stages = graded("import torch", "loss.backward()", f"dCounts = {gradient}")
    assert stages["dCounts"].verdict == "forbidden"


CHECKERS = {
    "prints": "print(name, torch.allclose(mine, tensor.grad))",
    "asserts": "assert torch.allclose(mine, tensor.grad), name",
    "asks another function": "compared(mine, tensor)",
    "asks autograd itself": "print(torch.autograd.grad(loss, tensor)[0] - mine)",
    "returns early": "if not tensor.requires_grad:\n        return mine\n    print(mine - tensor.grad)",
}


@pytest.mark.parametrize("call", ["'counts', dCounts, counts", "name='counts', mine=dCounts, tensor=counts"])
@pytest.mark.parametrize("look", CHECKERS)
def test_a_checker_that_hands_ones_own_value_through_is_nothing(graded, look, call):
    compared = "def compared(mine, tensor):\n    print(mine - tensor.grad)\n"
    check = f"{compared}def check(name, mine, tensor):\n    {CHECKERS[look]}\n    return mine"
    stages = graded("import torch", "loss.backward()", check, COUNTS, f"dCounts = check({call})", NORMALIZED)
    for name in ("dCounts", "dNormalizedLogits"):
        assert stages[name].passed and stages[name].integrity.status == "clean"


@pytest.mark.parametrize(
    "check",
    [
        "def check(mine, tensor):\n    return mine if torch.equal(mine, tensor.grad) else tensor.grad",
        "def check(mine, tensor):\n    mine = tensor.grad\n    return mine",
        "def check(mine, tensor):\n    mine.copy_(tensor.grad)\n    return mine",
        "def check(mine, tensor):\n    mine[:] = tensor.grad\n    return mine",
        "def check(mine, tensor):\n    for mine in [tensor.grad]:\n        pass\n    return mine",
        "def check(mine, tensor):\n    return mine\ndef check(mine, tensor):\n    return tensor.grad",
        "def theirs(f): return lambda mine, tensor: tensor.grad\n@theirs\ndef check(mine, tensor):\n    return mine",
    ],
)
def test_a_checker_that_puts_autograds_value_in_its_place_earns_nothing(graded, check):
    stages = graded("import torch", "loss.backward()", check, "dCounts = check(counts * 1, counts)")
    assert stages["dCounts"].score == 0 and not stages["dCounts"].passed


@pytest.mark.parametrize("change", ["given *= 2", "double(given)", "twice = given\n    twice += given"])
def test_what_a_function_changes_on_the_way_counts(graded, change):
    double = "def double(given):\n    given *= 2\n"
    check = f"def check(given):\n    {change}\n    return given"
    halved = f"{COUNTS}\ndCounts = check(dCounts / 2)"
    assert graded("import torch", double + check, halved, NORMALIZED)["dCounts"].passed


def test_an_error_is_told_by_its_cell(graded):
    stage = graded("import torch", "dCounts = counts @ dProbabilities")["dCounts"]
    assert stage.verdict == "error" and "answers.ipynb, code cell 2" in stage.error.traceback
    assert (stage.where.cell, stage.where.line) == (2, 1)


def test_a_value_only_a_training_loop_has_is_missing(graded):
    stages = graded(NORMALIZED, "for step in range(10**12):\n    dCounts = step")
    assert stages["dCounts"].verdict == "missing"


def test_typed_in_sizes_show_all_the_same(graded):
    text = "dLogProbabilities = torch.zeros(32, 27)\ndLogProbabilities[range(32), outputBatch] = -1 / 32"
    assert graded("import torch", text)["dLogProbabilities"].verdict in ("overfit", "shape")


def test_the_style_is_said(graded, tmp_path, capsys):
    from grader.cli.main import run

    graded(NORMALIZED)
    run([str(tmp_path / "answers.ipynb"), "--no-html", "--json", str(tmp_path / "r.json")])
    assert "nameweave, flat" in capsys.readouterr().out
    assert json.loads((tmp_path / "r.json").read_text())["submission"]["style"] == "flat"


def test_a_progress_bar_that_is_not_here_is_gone_through():
    bar = Inert().tqdm
    assert list(bar(range(3), desc="rows")) == [0, 1, 2]
    assert list(bar) == list(bar("a name")) == []
