"""What other Python code may use."""

import pytest
import torch

import grader
from helpers.places import SOLUTIONS


@pytest.fixture
def counts():
    counts = torch.tensor([[1.0, 2.0], [3.0, 4.0]], requires_grad=True)
    (counts**2).sum().backward()
    return counts


def said(capsys):
    return capsys.readouterr().out.strip()


def test_compare_gradients_prints_the_notebooks_line(counts, capsys):
    grader.compare_gradients("dCounts", 2 * counts.detach(), counts)
    assert said(capsys) == "dCounts | Exact: True | Approximate: True | MaxDiff: 0.0"


def test_compare_gradients_tells_a_small_difference_from_a_large_one(counts, capsys):
    grader.compare_gradients("dCounts", 2 * counts.detach() * (1 + 1e-6), counts)
    assert "Exact: False | Approximate: True" in said(capsys)
    grader.compare_gradients("dCounts", 2 * counts.detach() + 0.5, counts)
    assert said(capsys) == "dCounts | Exact: False | Approximate: False | MaxDiff: 0.5"


def test_compare_gradients_knows_rounding_where_allclose_does_not(capsys):
    weights = torch.tensor([1.0, 1e-6], requires_grad=True)
    (weights * torch.tensor([500.0, 1e-6])).sum().backward()
    grader.compare_gradients("dWeights", weights.grad + torch.tensor([0.0, 3.6e-7]), weights)
    line = said(capsys)
    assert "Approximate: False | MaxDiff: 3.6e-07" in line.replace("3.5999994452140527e-07", "3.6e-07")
    assert line.endswith(" | within rounding: right on these numbers")
    grader.compare_gradients("dWeights", weights.grad + torch.tensor([0.0, 0.5]), weights)
    assert said(capsys).endswith("Approximate: False | MaxDiff: 0.5")


def test_a_function_is_called_with_what_its_arguments_are_named_after():
    assert grader.call_by_name(lambda b, a, power=2: (a - b) ** power, {"a": 5, "b": 2, "c": 9}) == 9


def test_compare_gradients_says_so_instead_of_broadcasting(counts, capsys):
    grader.compare_gradients("dCounts", torch.zeros(2), counts)
    assert said(capsys) == "dCounts | Exact: False | Approximate: False | Shape: (2,) instead of (2, 2)"


def test_compare_gradients_without_a_gradient_tells_what_to_do(capsys):
    grader.compare_gradients("dCounts", torch.zeros(2), torch.zeros(2))
    assert "retain_grad" in said(capsys)


def test_grade_gives_a_result():
    result = grader.grade(SOLUTIONS, stage="dCounts", seed="1")
    assert isinstance(result, grader.Result)
    assert (result.score, result.grader.seed) == (1, "1")


def test_the_hand_in_itself_never_names_the_assignment_folder(tmp_path):
    with pytest.raises(grader.UsageError, match="grade init"):
        grader.grade(tmp_path)


def test_a_process_for_student_code_that_cannot_be_had_is_our_fault_and_ungraded(monkeypatch, examination):
    from grader.errors import SandboxError
    from grader.run.grade import grade_submission
    from grader.sandbox.ours import Limits, Sandbox
    from grader.submission import read_submission

    class Broken(Sandbox):
        limits = Limits()

        def __init__(self):
            pass

        def open(self, sources, wanted):
            raise SandboxError("There is no process to be had.")

    result = grade_submission(read_submission(SOLUTIONS), examination, Broken()).result
    assert {stage.verdict for stage in result.stages} == {"ungraded"}
    assert (result.score, result.max_score, result.status, result.exit_code) == (None, 28, "ungraded", 3)


def test_a_zygote_that_has_died_is_replaced(assignment):
    import os
    import signal

    from grader.run.exam import examine
    from grader.run.grade import grade_submission
    from grader.run.request import select
    from grader.sandbox.ours import Sandbox
    from grader.submission import read_submission

    with Sandbox() as sandbox:
        os.kill(sandbox._children._pid, signal.SIGKILL)
        examination = examine(assignment, select(assignment, stage="dCounts"), seed="1")
        assert grade_submission(read_submission(SOLUTIONS), examination, sandbox).result.score == 1


def test_compare_with_course_prints_a_line_for_each_answer(capsys):
    batch = grader.course_batch("layers", "affine")
    x, w, b, dout = (batch[name] for name in ("boards", "w", "b", "dout"))
    out = x.reshape(len(x), -1) @ w + b
    grader.compare_with_course("layers", "affine", out=out, db=dout.sum(0), dw=None, dboards=dout)
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].startswith("out | ") and "Approximate: True" in lines[0]
    assert lines[1].startswith("db | ") and "Approximate: True" in lines[1]
    assert lines[2] == "dw | There is nothing to compare yet: it is None."
    assert lines[3].startswith("dboards | Exact: False | Approximate: False | Shape: ")
    with pytest.raises(grader.UsageError, match="dy"):
        grader.compare_with_course("layers", "affine", dy=out)
