"""Several values that one function returns, judged together; and the slip that explains them all."""

from pathlib import Path

import pytest
import torch

from grader.assignment.probes import Probe
from grader.assignment.script import Script
from grader.assignment.stage import Slip, Task
from grader.assignment.tolerance import Expectation
from grader.border import Answer, Fault, Reply
from grader.judge.values import judge_values

SCRIPT = Script(Path("calibrate.py"), "mean = x.mean(0)\nspread = x.var(0, unbiased=True)")
SLIPS = (
    Slip("biased", "It is divided by n.", {"spread": "x.var(0, unbiased=False)"}),
    Slip("axis", "It is taken over the other axis.", {"mean": "x.mean(1)", "spread": "x.var(1)"}),
    Slip("numpy", "Tensors call it by another name.", {"mean": "x.average(0)"}),
)
TASK = Task("calibrate", "values", 1, "", "", SCRIPT, ("mean", "spread"), SLIPS)


def probe(rows):
    """One whose expectations are what the script gives."""
    x = torch.linspace(-1, 2, rows * 3).reshape(rows, 3) ** 3
    right = {"mean": x.mean(0), "spread": x.var(0)}
    expected = {name: Expectation(value.double(), 1e-4, value) for name, value in right.items()}
    return Probe(None, None, f"{rows} rows", "consistent", {"rows": rows}, {"x": x}, {}, expected)


PROBES = [probe(5), probe(8)]


def judged(mean="x.mean(0)", spread="x.var(0)"):
    """The judgement of two expressions, or of the fault that calling ends with."""
    answers = []
    for each in PROBES:
        for wanted in (mean, spread):
            given = wanted if isinstance(wanted, Fault) else eval(wanted, {"torch": torch, **each.values})
            answers.append(Answer(fault=given) if isinstance(given, Fault) else Answer(given, seconds=0.25))
    return judge_values(TASK, PROBES, Reply(tuple(answers)))


def test_values_that_are_right_pass_together():
    judgement = judged()
    assert (judgement.verdict, judgement.exact, judgement.message, judgement.diagnosis) == ("exact", True, "", None)
    assert judgement.seconds == 1.0 and [row.name for row in judgement.probes] == ["5 rows", "8 rows"]


@pytest.mark.parametrize(
    ("mean", "spread", "verdict"),
    [
        ("x.mean(0) * (1 + 1e-6)", "x.var(0)", "approximate"),
        ("x.mean(0)[None]", "x.var(0)", "shape"),
        ("x.mean(0)", "x.var(0) * 2", "wrong"),
        ("x.mean(0)[None]", "x.var(0) * float('nan')", "nonfinite"),
    ],
)
def test_they_are_as_good_as_the_worst_of_them(mean, spread, verdict):
    judgement = judged(mean, spread)
    assert judgement.verdict == verdict and not judgement.exact
    assert judgement.message.startswith(("mean: ", "spread: ")) == bool(judgement.message)


def test_on_each_probe_the_worst_of_them_is_the_evidence():
    rows = judged("x.mean(0) * (1 + 1e-6)", "x.var(0) * 2").probes
    assert [row.passed for row in rows] == [False, False] and all(row.error == pytest.approx(1) for row in rows)


def test_a_slip_that_explains_every_value_is_named():
    assert judged(spread="x.var(0, unbiased=False)").diagnosis.code == "biased"
    assert judged("x.mean(0) + 0.1", "x.var(0, unbiased=False)").diagnosis is None, "it explains one of them alone"


def test_a_slip_that_fails_as_the_answer_does_is_named():
    words = Fault("error", "AttributeError", "'Tensor' object has no attribute 'average'. Did you mean: 'range'?")
    assert judged(words, words).diagnosis.code == "numpy"
    assert judged(Fault("error", "ValueError", "no")).diagnosis is None


def test_a_fault_in_one_of_them_is_the_verdict_of_all_without_its_name():
    judgement = judged(spread=Fault("error", "ValueError", "no"))
    assert (judgement.verdict, judgement.message, judgement.error.type) == ("error", "ValueError: no", "ValueError")
