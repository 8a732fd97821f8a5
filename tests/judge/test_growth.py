"""A gradient that is zero but for rounding is judged by the size of what cancels in the function's own values."""

import inspect
from dataclasses import dataclass

import pytest
import torch

from grader.judge.gradient import trials_of
from grader.judge.growth import growth
from helpers.solution import TRAINING

SUM = "dBiasesOfHiddenLayer = dStates.sum(0)"
WEIGHTS = "concatenatedEmbedding.T @ dStates"
LARGER = {
    "deviation cubed": ("* batchVarianceInverse *", "* batchVarianceInverse ** 3 *"),
    "divided by the slope": (
        "(1 - hiddenLayerPostActivationStates ** 2) *",
        "1 / (1 - hiddenLayerPostActivationStates ** 2) *",
    ),
    "never divided": ("dLogits /= batchSize", "dLogits *= batchSize ** 2"),
}
WRONG = ["dStates[0]", "dStates[1:].sum(0)", "dStates.abs().sum(0)", "dBatchBiases[0]", "dStates.std(0)"]


@dataclass
class Given:
    """An answer, as far as its size matters."""

    tensor: torch.Tensor | None
    fault: None = None


@pytest.fixture
def probes(training_examination):
    return training_examination.probes["training"]


@pytest.fixture
def passes(probes):
    """Whether the hidden biases are right on every probe, with some changes of the solution."""
    return lambda *changes, without=(): all(trial.passed for trial in _trials(probes, changes, without))


def _trials(probes, changes, without):
    exercise, text = probes[0].exercise, TRAINING
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    namespace = {}
    exec(text, namespace)
    stages = exercise.together("backward")
    rows = [namespace["backward"](**_taken(namespace["backward"], probe, stages)) for probe in probes]
    answers = {stage.name: [Given(row[place]) for row in rows] for place, stage in enumerate(stages)}
    answers |= {name: [Given(None)] * len(probes) for name in without}
    stage = next(stage for stage in stages if stage.tensor == "biasesOfHiddenLayer")
    return trials_of(stage.name, probes, answers[stage.name], growth(stage, exercise, probes, answers))


def _taken(function, probe, stages):
    offered = {}
    for stage in stages:
        offered |= probe.offer(stage)
    given = {name: offered[name] for name in inspect.signature(function).parameters}
    return {name: value.clone() if isinstance(value, torch.Tensor) else value for name, value in given.items()}


def test_what_cancels_is_right_however_large_a_slip_before_it_makes_it(passes):
    for slip in LARGER.values():
        assert passes(slip), slip
    assert passes(*LARGER.values())


def test_what_does_not_cancel_is_wrong_however_large_the_rest_is(passes):
    for wrong in WRONG:
        for slip in LARGER.values():
            assert not passes(slip, (SUM, f"dBiasesOfHiddenLayer = {wrong}")), (wrong, slip)


def test_one_line_that_makes_its_own_gradient_larger_lets_nothing_else_pass(passes):
    assert not passes((WEIGHTS, f"{WEIGHTS} * 1e6"), (SUM, "dBiasesOfHiddenLayer = dStates[0]"))


def test_what_was_not_answered_says_nothing_of_the_size(passes):
    larger = LARGER["deviation cubed"]
    assert passes(larger, without=["backward.dEmbeddingLookUpMatrix"])
    assert passes(
        larger,
        (
            "= torch.zeros_like(embeddingLookUpMatrix).index_add_",
            "= 0 * torch.zeros_like(embeddingLookUpMatrix).index_add_",
        ),
    )
    assert not passes(larger, without=["backward.dEmbeddingLookUpMatrix", "backward.dWeightsOfHiddenLayer"])


def test_where_nothing_cancels_nothing_grows(probes):
    answers = {stage.name: [Given(torch.full((2,), 1e9))] * len(probes) for stage in probes[0].exercise.stages}
    for stage in probes[0].exercise.stages:
        if stage.tensor != "biasesOfHiddenLayer":
            assert set(growth(stage, probes[0].exercise, probes, answers)) == {1.0}
