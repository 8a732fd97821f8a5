"""On ties and kinks every right answer passes, whichever way it goes there, and no slip does anywhere else."""

from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
import torch

from grader.assignment.tolerance import Expectation
from grader.border import Answer
from grader.judge.compare import compare
from grader.judge.gradient import chained, judge_gradient, trials_of
from grader.judge.why.diagnose import diagnose
from grader.judge.why.evidence import evidence
from grader.judge.why.local import Local
from grader.run.exam import examine
from helpers.judging import probe_of
from helpers.ties import TIED, write_tied

FEW, SEEDS = range(2), range(12)
NEAR = 1e-6
"""How far to either side slopes are taken: no two numbers that differ are so near to each other."""
BY = 1e-5
"""Slopes to either side that differ by more are two slopes."""


@cache
def assignment_of(case):
    with TemporaryDirectory() as folder:
        return write_tied(Path(folder), TIED[case])


@cache
def drawn(case, seed):
    """The stage of a case, and its probes."""
    assignment = assignment_of(case)
    exercise = assignment.exercises[0]
    stage = next(stage for stage in exercise.gradients if stage.tensor == TIED[case].stage)
    return stage, examine(assignment, exercise.stage_names, seed=f"{seed}").probes[exercise.name]


def answers_of(answer, stage, probes):
    return [Answer(answer(probe.offer(stage)).float()) for probe in probes]


def judged(answer, stage, probes):
    return judge_gradient(trials_of(stage.name, probes, answers_of(answer, stage, probes)))


def check(case, seed):
    stage, probes = drawn(case, seed)
    for name, right in TIED[case].rights.items():
        judgement = judged(right, stage, probes)
        assert judgement.passed, f"seed {seed}, {name}: {judgement.verdict}. {judgement.message}"
    for name, slip in TIED[case].slips.items():
        judgement = judged(slip, stage, probes)
        assert judgement.verdict in ("wrong", "overfit", "shortcut"), f"seed {seed}, {name}: {judgement.verdict}"


@pytest.mark.parametrize("case", TIED)
def test_every_way_to_break_a_tie_passes_and_no_slip_does(case):
    for seed in FEW:
        check(case, seed)


@pytest.mark.slow
@pytest.mark.parametrize("case", TIED)
def test_it_is_so_whatever_the_seed(case):
    for seed in SEEDS:
        check(case, seed)


def left_out(stage, probe):
    expected = probe.expected[stage.name]
    return torch.zeros(expected.gradient.shape, dtype=torch.bool) if expected.jumps is None else expected.jumps


def on_kink(local):
    """Where the slopes to either side differ, by differences of the forward lines; float64."""
    flat, here = local.tensor.detach().reshape(-1), local.weighted(local.tensor)
    slopes = []
    for place in range(flat.numel()):
        for step in (NEAR, -NEAR):
            moved = flat.clone()
            moved[place] += step
            slopes.append((local.weighted(moved.view_as(local.tensor)) - here) / step)
    above, below = torch.tensor(slopes[::2]), torch.tensor(slopes[1::2])
    return ((above - below).abs() > BY).view(local.tensor.shape)


SLOPED = [case for case in TIED if case not in ("a place that is one of several", "ReLU before max pool")]


@pytest.mark.parametrize("case", SLOPED)
def test_left_out_is_what_has_two_slopes_and_nothing_else(case):
    for seed in FEW:
        stage, probes = drawn(case, seed)
        for probe in probes:
            assert torch.equal(left_out(stage, probe), on_kink(Local(stage, probe))), (seed, probe.name)


def test_of_windows_of_zeros_every_place_is_left_out():
    stage, probes = drawn("ReLU before max pool", 0)
    for probe in probes:
        pooled = probe.values["pooled"] == 0
        assert torch.equal(left_out(stage, probe), pooled.repeat_interleave(2, 2).repeat_interleave(2, 3))


def test_where_a_place_is_one_of_several_its_row_is_left_out():
    stage, probes = drawn("a place that is one of several", 0)
    for probe in probes:
        x = probe.values["x"]
        several = (x == x.amax(1, keepdim=True)).sum(1, keepdim=True) > 1
        assert torch.equal(left_out(stage, probe), several)


def test_tolerances_stay_small_on_ties():
    for case in TIED:
        stage, probes = drawn(case, 0)
        assert all(probe.expected[stage.name].tolerance < 1e-3 for probe in probes), case
        assert any(probe.expected[stage.name].left_out for probe in probes), case


@pytest.mark.parametrize("case", TIED)
def test_a_slip_is_named_whichever_way_a_tie_is_broken(case):
    stage, probes = drawn(case, 0)
    locals_ = [Local(stage, probe) for probe in probes]
    for right in TIED[case].rights.values():
        answers = answers_of(lambda given, right=right: -right(given), stage, probes)
        found = diagnose(locals_, answers, ())
        assert found and found.code == "sign"
        assert found.distance < 1e-5
        halves = answers_of(lambda given, right=right: 0.5 * right(given), stage, probes)
        assert diagnose(locals_, halves, ()).code == "factor"
        told = evidence(locals_, halves, None)
        assert all("0.5 to 0.5 there" in line for line in told if "answer / reference" in line)


# One expectation


GRADIENT = torch.tensor([[1.0, -2.0, 4.0], [0.5, 0.25, -1.0]], dtype=torch.float64)
JUMPS = torch.tensor([[False, False, True], [False, False, False]])
EXPECTED = Expectation(GRADIENT, 1e-4, GRADIENT.float(), jumps=JUMPS)


def but(value, place):
    answer = GRADIENT.float()
    answer[place] = value
    return answer


COMPARED = {
    "as autograd does it": (GRADIENT.float(), "exact"),
    "another number where it jumps": (but(-7.0, (0, 2)), "approximate"),
    "another number elsewhere": (but(-7.0, (0, 1)), "wrong"),
    "off by the tolerance of what jumps": (but(0.25 + 3e-4, (1, 1)), "wrong"),
    "NaN where it jumps": (but(float("nan"), (0, 2)), "nonfinite"),
    "infinite where it jumps": (but(float("inf"), (0, 2)), "nonfinite"),
    "with an axis of length 1": (but(-7.0, (0, 2))[None], "shape"),
    "of another shape": (GRADIENT.float().T, "wrong"),
}


@pytest.mark.parametrize("case", COMPARED)
def test_what_jumps_is_not_compared_but_must_be_a_number(case):
    answer, verdict = COMPARED[case]
    assert compare(answer, EXPECTED).verdict == verdict
    assert chained(Answer(answer), EXPECTED).verdict in (verdict, "approximate")


def both(answer, expected):
    probes = [probe_of("dx", expected, kind) for kind in ("course", "consistent", "arbitrary")]
    return judge_gradient(trials_of("dx", probes, [Answer(answer)] * 3))


def test_the_worst_element_is_one_that_is_compared():
    answer = but(0.5, (1, 1))
    answer[0, 2] = 1000.0
    judgement = both(answer, EXPECTED)
    assert (judgement.verdict, judgement.worst.index) == ("wrong", [1, 1])
    assert judgement.max_diff == 996.0
    assert [probe.left_out for probe in judgement.probes] == [1, 1, 1]


def test_a_right_answer_is_told_that_autograd_goes_another_way():
    judgement = both(but(-7.0, (0, 2)), EXPECTED)
    assert (judgement.verdict, judgement.exact, judgement.approximate) == ("approximate", False, False)
    assert [warning.code for warning in judgement.warnings] == ["tie"]
    assert judgement.warnings[0].message.startswith("1 of its elements is on a tie or a kink")
    assert both(GRADIENT.float(), EXPECTED).warnings == []


ALL = torch.ones_like(JUMPS)
ALL_THAT_COUNTS = {
    "everything": (GRADIENT, ALL),
    "all but zeros": (GRADIENT * JUMPS, JUMPS),
}


@pytest.mark.parametrize("case", ALL_THAT_COUNTS)
def test_where_all_that_would_tell_is_left_out_only_what_autograd_gives_is_sure_to_be_right(case):
    gradient, jumps = ALL_THAT_COUNTS[case]
    expected = Expectation(gradient, 1e-4, gradient.float(), jumps=jumps)
    assert both(gradient.float(), expected).verdict == "exact"
    assert both(torch.zeros(2, 3), expected).verdict == "ungraded"
    assert "no fault of yours" in both(torch.zeros(2, 3), expected).message
    assert both(torch.ones(3), expected).verdict == "wrong"
    assert both(torch.full((2, 3), float("nan")), expected).verdict == "nonfinite"


def test_what_is_wrong_where_it_is_compared_is_wrong_even_if_that_tells_nothing():
    gradient, jumps = ALL_THAT_COUNTS["all but zeros"]
    assert both(torch.ones(2, 3), Expectation(gradient, 1e-4, jumps=jumps)).verdict == "wrong"


def test_one_probe_that_tells_of_those_that_ask_for_the_most_is_enough():
    zeros = Expectation(GRADIENT, 1e-4, jumps=ALL)
    for kinds, verdict in (({"arbitrary"}, "approximate"), ({"course", "consistent"}, "ungraded")):
        probes = [
            probe_of("dx", EXPECTED if kind in kinds else zeros, kind) for kind in ("course", "consistent", "arbitrary")
        ]
        assert judge_gradient(trials_of("dx", probes, [Answer(but(0.0, (0, 2)))] * 3)).verdict == verdict
