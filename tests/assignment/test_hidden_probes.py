"""Hidden probes get to where a slip shows: saturated units, tiny probabilities, scores close together, large scores."""

from functools import cache

import pytest
import torch

from grader.assignment import load_assignment
from grader.assignment.dataset import load_dataset
from grader.assignment.hidden_probes import make_probes, telling
from grader.assignment.probes import course_start

SEEDS = range(8)
FEW = range(3)


def small_added(given):
    return given["dLogProbabilities"] / (given["probabilities"] + 1e-6)


def probabilities_clamped(given):
    return given["dLogProbabilities"] / given["probabilities"].clamp(min=1e-4)


def units_clamped(given):
    return given["dHiddenLayerPostActivationStates"] * (
        1 - given["hiddenLayerPostActivationStates"].clamp(-0.999, 0.999) ** 2
    )


def loose_maximum(given):
    nearly = given["logits"] >= given["maxLogits"] - 1e-2
    return given["dNormalizedLogits"] + nearly * given["dMaxLogits"]


def loose_row_maximum(given):
    return given["dshifted"] + (given["scores"] >= given["row_max"] - 1e-2) * given["drow_max"]


def tanh_clamped(given):
    return given["dy_tanh"] * (1 - given["x_tanh"].tanh().clamp(-0.999, 0.999) ** 2)


def loose_threshold(given):
    return given["dy_relu"] * (given["x_relu"] > 1e-3)


def loose_gate(given):
    return given["dout"] * (given["x"] > 1e-3)


SLIPS = {
    small_added: ("nameweave", "every-expression", "dProbabilities"),
    probabilities_clamped: ("nameweave", "every-expression", "dProbabilities"),
    units_clamped: ("nameweave", "every-expression", "dHiddenLayerPreActivationStates"),
    loose_maximum: ("nameweave", "every-expression", "dLogits"),
    loose_row_maximum: ("attention", "step-by-step", "dscores"),
    tanh_clamped: ("modules", "activations", "activations.dx_tanh"),
    loose_threshold: ("modules", "activations", "activations.dx_relu"),
    loose_gate: ("layers", "relu", "relu.dx"),
}


@pytest.mark.parametrize("slip", SLIPS, ids=lambda slip: slip.__name__)
def test_what_differs_only_in_extremes_is_wrong_on_a_probe_that_all_are_asked_on_whatever_the_seed(slip):
    assignment_name, exercise_name, stage_name = SLIPS[slip]
    for seed in SEEDS:
        drawn = _drawn(assignment_name, exercise_name, seed)
        probes = [drawn[place] for place in telling(drawn)]
        stage = next(each for each in probes[0].exercise.stages if each.name == stage_name)
        errors = [probe.expected[stage_name].error(slip(probe.offer(stage))) for probe in probes]
        tolerances = [probe.expected[stage_name].tolerance for probe in probes]
        assert any(error > most for error, most in zip(errors, tolerances, strict=True)), seed


def test_large_scores_overflow_unless_the_largest_is_subtracted_and_then_every_probability_has_a_logarithm():
    for seed in SEEDS:
        large = _drawn("layers", "softmax", seed)[2].values["scores"]
        assert large.dtype == torch.float64
        assert large.exp().isinf().any()
        assert large.softmax(1).log().isfinite().all()


@pytest.mark.parametrize(("assignment_name", "exercise_name"), [("nameweave", "training"), ("modules", "losses")])
def test_where_nothing_is_said_of_large_scores_a_softmax_without_the_maximum_is_finite(assignment_name, exercise_name):
    for seed in FEW:
        for probe in _drawn(assignment_name, exercise_name, seed):
            scores = probe.values["logits" if assignment_name == "nameweave" else "scores"]
            assert (scores.exp() / scores.exp().sum(1, keepdim=True)).log().isfinite().all()


@cache
def _start(assignment_name, exercise_name):
    assignment = load_assignment(assignment_name)
    exercise = assignment.exercise(exercise_name)
    return assignment, exercise, course_start(assignment, load_dataset(assignment), exercise)


@cache
def _drawn(assignment_name, exercise_name, seed):
    return make_probes(*_start(assignment_name, exercise_name), f"extremes {seed}")


def test_a_probe_is_drawn_when_it_is_wanted_and_once():
    drawn = _drawn("nameweave", "cross-entropy", 0)
    wanted = telling(drawn)
    kinds = [drawn[place].kind for place in wanted]
    assert kinds == ["course", "arbitrary", "arbitrary"] and sorted(drawn._made) == sorted(wanted)
    assert drawn[1] is drawn[1] and [probe.kind for probe in drawn].count("arbitrary") == 2
    assert drawn[-1] is drawn[len(drawn) - 1] and list(drawn[1:]) == [drawn[place] for place in range(1, len(drawn))]
    with pytest.raises(IndexError):
        drawn[len(drawn)]
