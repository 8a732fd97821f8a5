import pytest
import torch

from grader.border import Source
from grader.sandbox.border.limits import Limits
from grader.sandbox.border.messages import Wanted, WantedStage
from grader.sandbox.ours import Sandbox, allowance
from grader.sandbox.ours.allowance import ALL, AMPLE, IN_VAIN, TIGHT, Allowance
from grader.sandbox.ours.offers import Offers
from grader.sandbox.ours.question import Question

USUAL = Limits(cpu=10.0, wall=60.0)


class Spent:
    """A clock that has seen so many seconds."""

    def __init__(self, seconds):
        self.spent = seconds


@pytest.fixture
def allowed(monkeypatch):
    """An allowance; and what spends of it."""
    made = Allowance(USUAL)

    def spend(seconds, *, in_vain=False):
        monkeypatch.setattr(allowance, "Clock", lambda pid, limits: Spent(seconds))
        made.clock(0)
        made.settle(in_vain=in_vain)

    return made, spend


def test_nothing_is_tight_that_answers_in_time(allowed):
    made, spend = allowed
    for _ in range(99):
        spend(0.01 * AMPLE * USUAL.cpu)
    assert made.limits is USUAL and made.end is None


def test_three_that_never_end_leave_the_others_enough(allowed):
    made, spend = allowed
    for _ in range(3):
        assert made.limits is USUAL
        spend(USUAL.cpu * 1.01, in_vain=True)
    assert made.limits.cpu == TIGHT * USUAL.cpu and made.limits.wall == TIGHT * USUAL.wall
    assert made.end is None


@pytest.mark.parametrize("in_vain", [False, True])
def test_there_is_a_most_that_a_submission_can_cost(allowed, in_vain):
    made, spend = allowed
    total, asked = 0.0, 0
    while made.end is None and asked < 10_000:
        spend(made.limits.cpu, in_vain=in_vain)
        total += made.limits.cpu
        asked += 1
    assert made.end.type == "SubmissionLimit" and made.end.verdict == "timeout"
    assert total <= (ALL / (IN_VAIN if in_vain else 1) + 1) * USUAL.cpu


def test_a_time_of_ones_own_choice_scales_all_of_it():
    limits = Limits.of_stage(5.0)
    assert (limits.cpu, limits.wall, limits.memory) == (5.0, 30.0, Limits().memory)


def test_stages_that_never_end_leave_those_that_do_their_marks():
    endless = "".join(f"def d{number}(x):\n    while True:\n        pass\n" for number in range(40))
    names = [f"d{number}" for number in range(40)]
    code = f"{endless}def dX(x):\n    return x\n"
    wanted = Wanted(tuple(WantedStage(name) for name in [*names, "dX"]))
    with Sandbox(Limits(cpu=0.2, wall=6.0)) as sandbox, sandbox.open((Source("a.py", code),), wanted) as session:

        def ask(name):
            (found,) = session.loaded.functions[name]
            return session.ask(Question(name, found, Offers([{"x": torch.ones(1)}]))).answers[0]

        answers = [ask(name) for name in names[:5]]
        right = ask("dX")
        answers += [ask(name) for name in names[5:]]
    kinds = [answer.fault.type for answer in answers]
    assert kinds[0] == "CpuLimit" and kinds[-1] == "SubmissionLimit" and set(kinds) == {"CpuLimit", "SubmissionLimit"}
    assert right.tensor is not None
    assert "little time left" not in answers[0].fault.message and "little time left" in answers[4].fault.message
