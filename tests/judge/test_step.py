"""One step of a training loop, judged from the parameters before and after it."""

import pytest
import torch

from grader.border import Fault, Trained
from grader.judge.step import judge_step
from grader.sandbox.border.loop import Plan, flattened

START = [torch.tensor([[1.0, -2.0], [3.0, 0.5]]), torch.tensor([0.25, -0.75])]
GRADIENTS = [torch.tensor([[0.5, 1.0], [-2.0, 0.25]]), torch.tensor([1.5, -0.5])]
PLAN = Plan("", ("weights", "biases"), ("x", "y"), 4, 1, (0.1,), 0, {"rows": 4})


def judged(*after, **fault):
    """The judgement of a step from the start to these parameters."""
    trained = [Trained(1, parameters=flattened(after), seconds=0.5)] if after else []
    return judge_step(PLAN, START, flattened(GRADIENTS), [Trained(1, **fault)] if fault else trained)


def step(*rates):
    """The parameters, each gone down its gradient at its rate."""
    return [start - rate * gradient for start, gradient, rate in zip(START, GRADIENTS, rates, strict=True)]


@pytest.mark.parametrize("rate", [0.01, 0.1, 3.0])
def test_any_rate_is_right_as_long_as_it_is_one(rate):
    judgement = judged(*step(rate, rate))
    assert judgement.passed and judgement.diagnosis is None and judgement.message == ""
    (probe,) = judgement.probes
    assert probe.passed and probe.error <= probe.tolerance and probe.sizes == {"rows": 4}


WRONG = {
    "uphill": (step(-0.1, -0.1), "uphill"),
    "nothing": (START, "unchanged"),
    "one parameter alone": ([step(0.1, 0.1)[0], START[1]], "The update leaves out biases."),
    "two rates": (step(0.1, 0.2), "Use one learning rate for all"),
    "one of them uphill": (step(0.1, -0.1), "Use one learning rate for all"),
    "by the sign alone": ([s - 0.1 * g.sign() for s, g in zip(START, GRADIENTS, strict=True)], "against the gradient"),
    "too small to be seen": (step(1e-8, 1e-8), ""),
    "not finite": ([START[0] * float("nan"), step(0.1, 0.1)[1]], ""),
}


@pytest.mark.parametrize("case", WRONG)
def test_what_is_no_step_down_the_gradients_is_told_why(case):
    after, said = WRONG[case]
    judgement = judged(*after)
    assert judgement.verdict == "wrong" and "against their gradients" in judgement.message
    assert said in judgement.diagnosis.message or said == judgement.diagnosis.code


def test_a_fault_on_the_way_is_the_verdict_and_silence_is_our_fault():
    assert judged(fault=Fault("error", "ValueError", "no")).message == "ValueError: no"
    assert judged().verdict == "ungraded"
