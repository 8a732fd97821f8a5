"""A verdict from plain tensors: how one answer compares, and what the answers on every probe come to together."""

import pytest
import torch

from grader.assignment.tolerance import Expectation
from grader.border import STUB, Answer, Fault, Note, Observed
from grader.judge.compare import align, compare, largest_difference, worst_element
from grader.judge.gradient import chained, counted, judge_gradient, trials_of
from grader.result import Budget, Integrity
from helpers.judging import probe_of

REFERENCE = torch.tensor([[1.0, -2.0, 4.0], [0.5, 0.25, -1.0]], dtype=torch.float64)
RIGHT = REFERENCE.float()
EXPECTED = Expectation(REFERENCE, 1e-4, RIGHT)
NAN, INFINITE = float("nan"), float("inf")
LOST = Fault("ungraded", "SandboxError", "The process was lost.")
BROKEN = Fault("error", "ValueError", "no", "Traceback …")
SLOW = Fault("timeout", "Timeout", "Still computing.")


def but(value, place=(1, 1)):
    """The right answer, with one element that is another."""
    answer = RIGHT.clone()
    answer[place] = value
    return answer


COMPARED = {
    "the same bits": (RIGHT, "exact"),
    "rounded otherwise": (RIGHT * (1 + 1e-6), "approximate"),
    "in double precision": (REFERENCE * (1 + 1e-6), "approximate"),
    "off by less than the tolerance of the largest": (but(0.25 + 3.9e-4), "approximate"),
    "off by more": (but(0.25 + 4.1e-4), "wrong"),
    "with an axis of length 1": (RIGHT[None], "shape"),
    "with an axis of length 1 and wrong": (but(7)[None], "wrong"),
    "transposed": (RIGHT.T, "wrong"),
    "of another shape": (RIGHT[:1], "wrong"),
    "one number": (torch.tensor(1.0), "wrong"),
    "one NaN": (but(NAN), "nonfinite"),
    "one infinity": (but(-INFINITE), "nonfinite"),
    "NaN in another shape": (torch.full((3,), NAN), "wrong"),
    "too large for a float": (RIGHT.double() * 1e300, "wrong"),
}


@pytest.mark.parametrize("case", COMPARED)
def test_one_answer_has_the_verdict_of_how_it_compares(case):
    answer, verdict = COMPARED[case]
    assert compare(answer, EXPECTED).verdict == verdict


def test_without_the_bits_of_autograd_nothing_is_exact():
    assert compare(RIGHT, Expectation(REFERENCE, 1e-4)).verdict == "approximate"


def test_where_everything_cancels_the_error_is_a_share_of_what_cancels():
    nothing = torch.zeros(3, dtype=torch.float64)
    cancelled = Expectation(nothing, 1e-4, cancelling=100.0)
    assert compare(torch.full((3,), 9e-3), cancelled).verdict == "approximate"
    assert compare(torch.full((3,), 9e-3), Expectation(nothing, 1e-4)).verdict == "wrong"


def test_only_axes_of_length_one_may_differ():
    assert align(torch.ones(3, 1), torch.Size([3])).shape == (3,)
    assert align(torch.ones(()), torch.Size([1, 1])).shape == (1, 1)
    assert align(torch.ones(2, 3), torch.Size([3, 2])) is None


def test_the_worst_element_is_the_one_furthest_off_and_what_is_not_finite_is_further_than_any():
    assert worst(but(9.0, (0, 2)), REFERENCE).index == [0, 2]
    answer = but(9.0, (0, 2))
    answer[1, 0] = NAN
    found = worst(answer, REFERENCE)
    assert (found.index, found.got, found.expected) == ([1, 0], None, 0.5)
    assert worst(torch.tensor(2.0), torch.tensor(1.0)).index == []
    assert largest_difference(answer, RIGHT) is None


def worst(answer, reference):
    return worst_element(answer, reference, (answer.double() - reference).abs())


@pytest.mark.parametrize("off", [8.9e-9, 9.1e-9, 1.2e-8, 1e-6])
@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_approximate_is_what_allclose_says(off, dtype):
    tiny = torch.tensor([0.0, 1e-9, -1e-4])
    answer = (tiny.double() + off).to(dtype)
    judgement = judge_gradient(
        trials_of("dx", [probe_of("dx", Expectation(tiny.double(), 1.0, tiny))], [Answer(answer)])
    )
    assert judgement.approximate == torch.allclose(answer.float(), tiny)


# All probes together


SIZES = {"rows": 7}


def judged(course, consistent=RIGHT, arbitrary=RIGHT, **options):
    """The judgement of an answer on a probe of each kind: a tensor, or a fault in its place."""
    kinds = {"course": course, "consistent": consistent, "arbitrary": arbitrary}
    probes = [probe_of("dx", EXPECTED, kind, SIZES) for kind in kinds]
    answers = [Answer(fault=each) if isinstance(each, Fault) else Answer(each) for each in kinds.values()]
    return judge_gradient(trials_of("dx", probes, answers), **options)


WRONG = but(7.0)
TOGETHER = {
    "right everywhere": ((RIGHT,), "exact", True),
    "right everywhere but for rounding": ((RIGHT * (1 + 1e-6),), "approximate", True),
    "wrong on the course batch": ((WRONG,), "wrong", False),
    "wrong everywhere": ((WRONG, WRONG, WRONG), "wrong", False),
    "right on the course batch alone": ((RIGHT, WRONG, WRONG), "overfit", False),
    "an exception with other sizes": ((RIGHT, BROKEN), "overfit", False),
    "NaN with other sizes": ((RIGHT, but(NAN)), "overfit", False),
    "right for this loss alone": ((RIGHT, RIGHT, WRONG), "shortcut", False),
    "an axis too many": ((RIGHT[None], RIGHT[None], RIGHT[None]), "shape", True),
    "an axis too many with other sizes": ((RIGHT, RIGHT[None]), "shape", True),
    "an axis too many, and wrong with other sizes": ((RIGHT[None], WRONG), "overfit", False),
    "NaN on the course batch": ((but(NAN),), "nonfinite", False),
    "an exception on the course batch": ((BROKEN, RIGHT), "error", False),
    "too slow on the course batch": ((SLOW, RIGHT), "timeout", False),
    "not written": ((STUB, STUB, STUB), "missing", False),
    "lost by us, on any probe": ((WRONG, RIGHT, LOST), "ungraded", False),
}


@pytest.mark.parametrize("case", TOGETHER)
def test_the_course_batch_decides_first_and_then_the_kind_of_the_probe_that_fails(case):
    answers, verdict, passed = TOGETHER[case]
    judgement = judged(*answers)
    assert (judgement.verdict, judgement.passed) == (verdict, passed)
    assert bool(judgement.message) == (verdict not in ("exact", "approximate"))


def test_the_message_says_where_and_by_how_much():
    assert judged(WRONG).message == "It is furthest off at [1, 1]: got 7, expected 0.25."
    assert judged(RIGHT[:1]).message == "The shape is (1, 3) instead of (2, 3)."
    assert judged(RIGHT[None]).message == "The values are right, but the shape is (1, 2, 3) instead of (2, 3)."
    assert judged(but(NAN)).message == "NaN or infinity in 1 of 6 elements; the first is at [1, 1]."
    assert judged(BROKEN).message == "ValueError: no" and judged(SLOW).message == "Still computing."
    overfit = judged(RIGHT, WRONG).message
    assert "(rows=7)" in overfit and overfit.endswith("It is off by up to 1.7 of the largest element.")


def test_a_judgement_has_the_numbers_of_the_course_batch_and_a_row_for_each_probe():
    judgement = judged(WRONG, RIGHT, RIGHT[:1])
    assert (judgement.exact, judgement.approximate, judgement.max_diff) == (False, False, 6.75)
    assert (judgement.shape, judgement.expected_shape, judgement.worst.index) == ([2, 3], [2, 3], [1, 1])
    assert [probe.kind for probe in judgement.probes] == ["course", "consistent", "arbitrary"]
    assert [probe.passed for probe in judgement.probes] == [False, True, False]
    assert [probe.error for probe in judgement.probes] == [6.75 / 4, 0.0, None]
    assert judged(RIGHT).exact and judged(RIGHT).approximate and judged(RIGHT).max_diff == 0


def test_a_fault_is_told_with_its_traceback_and_a_stub_is_none():
    assert (judged(BROKEN).error.type, judged(BROKEN).error.traceback) == ("ValueError", "Traceback …")
    stub = judged(STUB, STUB, STUB)
    assert (stub.error, stub.begun, stub.worst, stub.shape) == (None, False, None, None)


def test_what_comes_from_autograd_is_forbidden_however_right_it_is():
    judgement = judged(RIGHT, own_work=Integrity("forbidden"))
    assert judgement.verdict == "forbidden" and not judgement.passed and "Write the rule yourself" in judgement.message


def test_a_warning_is_given_once_however_many_probes_bring_it():
    probes = [probe_of("dx", EXPECTED, kind) for kind in ("course", "consistent")]
    noted = Answer(RIGHT[None], notes=(Note("dtype", "It is float64."),))
    warnings = judge_gradient(trials_of("dx", probes, [noted, noted])).warnings
    assert [warning.code for warning in warnings] == ["dtype", "shape"]


def test_operations_are_counted_without_views_where_there_is_something_to_count_them_against():
    log = {"aten.mul.Tensor": 2, "aten.view": 5, "aten.t": 1, "aten.sum.dim_IntList": 1}
    assert counted(log) == 3
    answer = Answer(RIGHT, observed=Observed(log))
    trials = trials_of("dx", [probe_of("dx", EXPECTED)], [answer])
    assert judge_gradient(trials, solution=2).budget == Budget(3, 2)
    assert judge_gradient(trials).budget is None and judge_gradient(trials).operations == log
    assert judged(RIGHT, solution=2).budget is None


def test_a_chain_of_own_gradients_may_be_rounded_more_often():
    off = but(0.25 + 2e-3)
    assert compare(off, EXPECTED).verdict == "wrong" and chained(Answer(off), EXPECTED).verdict == "approximate"
    assert chained(Answer(WRONG), EXPECTED).verdict == "wrong"
    assert chained(Answer(fault=BROKEN), EXPECTED).verdict == "error" and chained(Answer(), EXPECTED).verdict == "error"
