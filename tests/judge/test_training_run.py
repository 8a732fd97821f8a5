"""A short training run, judged from the losses and parameters it reports, against a run that is made up."""

import torch

from grader.assignment.short_run import LOSS_CURVE, ShortRun
from grader.assignment.tolerance import Expectation
from grader.border import Fault, Trained
from grader.judge.training_run import judge_run
from grader.sandbox.border.loop import Plan
from helpers.judging import probe_of

START = torch.tensor([1.0, -2.0, 0.5])
GRADIENT = torch.tensor([0.5, 1.0, -2.0])
RATE, STEPS = 0.1, 3
PLAN = Plan("", ("weights",), ("x", "y"), 4, STEPS, (RATE,), 0, {})
LOSSES = [3.0, 2.5, 2.25]
BROKEN = Fault("error", "ValueError", "no")


def expected(step):
    """Where gradient descent with a constant gradient is after a step."""
    moved = (-RATE * step * GRADIENT).double()
    return {"weights": Expectation(moved, 1e-4)} | (
        {LOSS_CURVE: Expectation(torch.tensor(LOSSES, dtype=torch.float64), 1e-4)} if step == STEPS else {}
    )


RUN = ShortRun(
    PLAN, None, [START], (1, 2, 3), LOSSES, torch.stack([GRADIENT] * STEPS), [], {n: expected(n) for n in (1, 2, 3)}
)
PROBE = probe_of("weights", RUN.final["weights"])
PROBE.expected[LOSS_CURVE] = RUN.final[LOSS_CURVE]


def reports(*factors, losses=LOSSES, fault=None):
    """A report of each step, whose step is a factor times what it should be; a fault after them."""
    parameters, made = START, []
    for number, (factor, loss) in enumerate(zip(factors, losses, strict=True), start=1):
        parameters = parameters - factor * RATE * GRADIENT
        made.append(Trained(number, torch.tensor([loss]), parameters, number / 10))
    return [*made, Trained(len(made), fault=fault)] if fault else made


def judged(own, given=None):
    return judge_run(RUN, PROBE, own, lambda: reports(1, 1, 1) if given is None else given)


def refuse():
    raise AssertionError("a run that is right is not run again")


def test_a_run_that_ends_where_it_should_passes_and_is_not_run_again():
    judgement = judge_run(RUN, PROBE, reports(1, 1, 1), refuse)
    assert judgement.passed and judgement.chained.verdict == judgement.verdict and judgement.message == ""
    assert judgement.curve.own == judgement.curve.reference == LOSSES and judgement.curve.departed is None


def test_with_wrong_gradients_of_ones_own_a_right_update_passes_and_says_so():
    judgement = judged(reports(1, 2, 1, losses=[3.0, 2.5, 2.0]))
    assert judgement.passed and judgement.chained.verdict == "wrong"
    assert judgement.message == (
        "The update is right, but with your own gradients the run departs from the one with loss.backward() "
        "from step 2 on, in weights."
    )
    assert judgement.curve.own[-1] == 2.0


def test_without_gradients_of_ones_own_it_is_judged_with_those_of_the_reference():
    judgement = judged(None)
    assert judgement.passed and judgement.chained is None


def test_a_wrong_step_is_told_by_its_factor():
    told = {
        -1: "uphill",
        1 / RATE: "The step leaves out the learning rate.",
        -1 / RATE: "uphill, and leaves out the learning rate",
        2: "2 times as long as the learning rate times the gradient",
        0: "The parameters do not change",
    }
    for factor, said in told.items():
        wrong = reports(factor, factor, factor)
        judgement = judged(wrong, wrong)
        assert judgement.verdict == "wrong" and said in judgement.diagnosis.message, factor
        assert judgement.message.endswith("from step 1 on, in weights.")


def test_a_run_that_goes_astray_later_is_told_from_where_and_not_why():
    wrong = reports(1, 1, 5)
    judgement = judged(wrong, wrong)
    assert judgement.curve.departed.step == 3 and judgement.diagnosis is None
    assert judgement.chained.verdict == "wrong"


def test_losses_that_are_others_are_wrong_even_where_the_parameters_are_right():
    wrong = reports(1, 1, 1, losses=[3.0, 2.0, 2.25])
    judgement = judged(wrong, wrong)
    assert judgement.verdict == "wrong" and judgement.message.endswith("at its end.")


def test_a_fault_on_the_way_keeps_the_losses_before_it():
    broken = reports(1, losses=[3.0], fault=BROKEN)
    judgement = judged(broken, broken)
    assert (judgement.verdict, judgement.message, judgement.error.type) == ("error", "ValueError: no", "ValueError")
    assert judgement.curve.own == [3.0]


def test_a_loss_that_is_not_finite_is_a_gap_in_the_curve():
    wrong = reports(1, 1, 1, losses=[3.0, float("inf"), float("nan")])
    judgement = judged(wrong, wrong)
    assert judgement.verdict == "nonfinite" and judgement.curve.own == [3.0, None, None]
