"""What `grade verify` says of probes on ties and kinks: where they come from, and what is left to judge by."""

import pytest

from grader.assignment import load_assignment
from grader.verify.checks import check, graded, usual_examination
from grader.verify.ties import on_ties, untold
from helpers.slope import write_slope
from helpers.ties import TIED, write_tied

PASSING_ZEROS = "import torch\n\n\ndef dx(x, dh):\n    return dh * (x >= 0)\n\n\ndef dh(w):\n    return w\n"


@pytest.mark.parametrize("case", TIED)
def test_of_each_probe_on_a_tie_it_says_the_tensor_the_line_and_how_much_is_left_out(tmp_path, case):
    examination = usual_examination(write_tied(tmp_path, TIED[case]))
    source = TIED[case].forward.splitlines()[TIED[case].line - 1]
    expected = {probe.name: probe.expected for probe in examination.probes["only"]}
    told = {sentence.split("'")[1]: sentence for sentence in on_ties(examination)}
    tied = {name for name, each in expected.items() if any(one.left_out for one in each.values())}
    assert tied and tied <= told.keys()
    for name in tied:
        assert f"is on a tie or a kink in forward.py, line {TIED[case].line}, `{source}`" in told[name]
        count = expected[name][f"d{TIED[case].stage}"].left_out
        assert f"left out: {count} of" in told[name] and f"elements of d{TIED[case].stage}" in told[name]
    assert told["course"].startswith("only, probe 'course', 1 draw: ")
    assert all(", 5 draws: " in told[name] for name in tied - {"course"})
    assert not [*untold(examination)]


def test_of_a_probe_that_was_drawn_again_it_says_where_the_first_draw_was(tmp_path):
    forward = "held = x.clamp(-1.0, 1.0)\nloss = (held * w).sum()\n"
    seldom = "x = torch.randn((rows, columns), generator=generator).mul(20).round().div(20)"
    case = TIED["a clamp at its edge"]
    told = [*on_ties(usual_examination(write_tied(tmp_path, type(case)(seldom, forward, "x held", "x", 1, {}, {}))))]
    again = [sentence for sentence in told if sentence.endswith("nothing is left out of the last one.")]
    assert again
    assert all("x is on a tie or a kink in forward.py, line 1, `held = x.clamp(-1.0, 1.0)`" in each for each in again)


def test_a_line_inside_a_stage_that_spans_several_is_found(tmp_path):
    forward = "d = x * 2\nh = d.relu() + d\ntotal = h * w\nloss = total.sum()\n"
    case = TIED["an absolute value at 0"]
    examination = usual_examination(write_tied(tmp_path, type(case)(case.inputs, forward, "x", "x", 2, {}, {})))
    assert "d is on a tie or a kink in forward.py, line 2, `h = d.relu() + d`" in next(on_ties(examination))


def test_an_assignment_without_ties_is_quiet(tmp_path):
    assert [*on_ties(usual_examination(load_assignment(write_slope(tmp_path))))] == []


@pytest.fixture
def all_zeros(tmp_path):
    case = TIED["an absolute value at 0"]
    zeros = type(case)("x = torch.zeros(rows, columns)", "h = x.relu()\nloss = (h * w).sum()\n", "x h", "x", 1, {}, {})
    return write_tied(tmp_path, zeros)


def test_where_nothing_is_left_to_judge_by_it_complains(all_zeros, sandbox):
    (told,) = untold(usual_examination(all_zeros))
    assert told.startswith("dx: on every probe, all that would tell right from wrong is left out.")
    assert 'say `ties = "keep"` in the exercise' in told
    (all_zeros.folder / "solutions").mkdir()
    (all_zeros.folder / "solutions" / "only.py").write_text(PASSING_ZEROS)
    checks = {each.name: each for each in check(all_zeros, sandbox, seeds=1)}
    found = checks["ties and kinks leave enough to tell right from wrong"]
    assert not found.passed and told in found.details


def test_what_cannot_be_told_there_is_ungraded(all_zeros, sandbox):
    stages = {stage.name: stage for stage in graded({"only.py": PASSING_ZEROS}, usual_examination(all_zeros), sandbox)}
    assert stages["dx"].verdict == "ungraded" and stages["dx"].score is None
    assert stages["dh"].passed
