"""An answer with NaN or infinity in it is told in which line that arose; what is searched last may not be searched."""

from pathlib import Path

import pytest

from grader.assignment import load_assignment
from grader.border import Source
from grader.run.exam import examine
from grader.run.grade import grade_submission
from grader.run.search_lines import NO_TIME
from grader.sandbox.ours import session
from grader.submission import Submission, read_submission
from helpers.places import MISTAKES
from helpers.submissions import judged, submission_of

FUNCTIONS = """\
import torch


def surprise(p):
    return torch.log(p)


def dCounts(counts, sumCountsInverse, dProbabilities, dSumCounts):
    return 3 * sumCountsInverse * dProbabilities.abs() + dSumCounts + surprise(counts - counts)


def dNormalizedLogits(normalizedLogits, dCounts):
    if len(dCounts) == 32:
        return torch.exp(normalizedLogits) * dCounts
    return torch.exp(200 + normalizedLogits) * dCounts


def dLogProbabilities(logProbabilities, batchSize, outputBatch):
    gradient = torch.full_like(logProbabilities, float("-inf"))
    gradient[range(batchSize), outputBatch] = -1 / batchSize
    return gradient
"""
SOFTMAX = """\
import numpy as np


def softmax_loss(scores, y):
    e = np.exp(scores)
    probs = e / e.sum(axis=1, keepdims=True)
    rows = np.arange(len(y))
    dscores = probs.copy()
    dscores[rows, y] -= 1
    return -np.log(probs[rows, y]).mean(), dscores / len(y)
"""


def told(stage):
    assert not stage.passed and stage.diagnosis and stage.score == 0, stage
    return stage.diagnosis.code, stage.diagnosis.line, stage.diagnosis.message


def test_the_line_of_a_function_is_told_where_nan_or_infinity_arose(grade_some):
    stages = grade_some(FUNCTIONS)
    code, line, said = told(stages["dNormalizedLogits"])
    assert (code, line) == ("arises-exp-overflows", 15) and stages["dNormalizedLogits"].verdict == "overfit"
    assert said.startswith("Line 15: `torch.exp(200 + normalizedLogits)` overflows")
    code, line, said = told(stages["dLogProbabilities"])
    assert (code, line) == ("arises-written", 19) and '`float("-inf")` is still there' in said
    assert stages["dLogProbabilities"].verdict == "nonfinite"
    assert told(stages["dCounts"])[:2] == ("arises-log-of-zero", 5)


def test_so_is_that_of_one_of_several_values_and_of_a_cell(assignment, sandbox, solution_text):
    lines = """
picked = dProbabilities * 0
dCounts = torch.log(picked) * sumCountsInverse + 2 * dSumCounts
dNormalizedLogits = torch.exp(normalizedLogits) * dCounts
"""
    source = Source("answers.ipynb", f"# %%\nimport torch\n# %%{lines}", (2, 4))
    some = examine(assignment, frozenset({"dCounts", "dNormalizedLogits"}), seed="cells")
    stage = judged(Submission("student", Path("answers.ipynb"), (source,), (), {}), some, sandbox)["dCounts"]
    code, line, said = told(stage)
    assert (code, line) == ("arises-log-of-zero", 5)
    assert said.startswith("Code cell 2, line 2: `torch.log(picked)` takes the logarithm of 0")


def test_and_that_of_a_call_script(sandbox):
    layers = load_assignment("layers")
    exam = examine(layers, frozenset({"softmax.loss", "softmax.dscores"}), seed="nonfinite")
    stages = judged(submission_of(SOFTMAX), exam, sandbox)
    assert {told(stage)[:2] for stage in stages.values()} == {("arises-exp-overflows", 5)}


def test_where_there_is_no_time_to_search_the_lines_that_is_told(grade_some, monkeypatch):
    monkeypatch.setattr(session, "PATIENCE", -1)
    stages = grade_some("def dCounts(counts, dProbabilities):\n    return dProbabilities * counts + counts * 3\n")
    assert stages["dCounts"].verdict == "wrong" and NO_TIME in stages["dCounts"].evidence


def test_nothing_is_looked_for_where_only_verdicts_are_wanted(monkeypatch, examination, sandbox):
    submission = read_submission(MISTAKES)
    told = grade_submission(submission, examination, sandbox).result
    monkeypatch.setattr(session.Session, "edits", lambda *_: pytest.fail("an edit was tried"))
    monkeypatch.setattr(session.Session, "trace", lambda *_: pytest.fail("a NaN was traced"))
    verdicts = grade_submission(submission, examination, sandbox, puzzling=None).result
    assert [stage.verdict for stage in verdicts.stages] == [stage.verdict for stage in told.stages]
