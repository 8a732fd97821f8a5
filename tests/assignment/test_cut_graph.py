"""The cut graph, the references that come from it, and the probes: each against an oracle of its own."""

from dataclasses import replace
from pathlib import Path

import pytest
import torch
import torch.nn.functional as F

from grader.assignment import load_assignment
from grader.assignment.cut_graph import chain, cut_pass
from grader.assignment.dataset import load_dataset
from grader.assignment.hidden_probes import ENOUGH, drawn_first, make_probes
from grader.assignment.probes import course_probe, course_start
from grader.assignment.tolerance import CLEAR
from grader.errors import AssignmentError

CONSUMERS = {
    "logProbabilities": {"loss"},
    "probabilities": {"logProbabilities"},
    "sumCountsInverse": {"probabilities"},
    "sumCounts": {"sumCountsInverse"},
    "counts": {"sumCounts", "probabilities"},
    "normalizedLogits": {"counts"},
    "maxLogits": {"normalizedLogits"},
    "logits": {"maxLogits", "normalizedLogits"},
    "hiddenLayerPostActivationStates": {"logits"},
    "weightsOfFinalLayer": {"logits"},
    "biasesOfFinalLayer": {"logits"},
    "hiddenLayerPreActivationStates": {"hiddenLayerPostActivationStates"},
    "batchGains": {"hiddenLayerPreActivationStates"},
    "batchBiases": {"hiddenLayerPreActivationStates"},
    "batchRawValue": {"hiddenLayerPreActivationStates"},
    "batchVarianceInverse": {"batchRawValue"},
    "batchVariance": {"batchVarianceInverse"},
    "batchDifferencePow2": {"batchVariance"},
    "batchDifference": {"batchDifferencePow2", "batchRawValue"},
    "batchMeanAtIteration": {"batchDifference"},
    "hiddenLayerPreBatchNormStates": {"batchMeanAtIteration", "batchDifference"},
    "concatenatedEmbedding": {"hiddenLayerPreBatchNormStates"},
    "weightsOfHiddenLayer": {"hiddenLayerPreBatchNormStates"},
    "biasesOfHiddenLayer": {"hiddenLayerPreBatchNormStates"},
    "embedding": {"concatenatedEmbedding"},
    "embeddingLookUpMatrix": {"embedding"},
}
"""Who uses each tensor of exercise 1, read off its forward pass by eye."""

RULES = {
    "dLogProbabilities": lambda x, v: {"loss": -x[torch.arange(v["batchSize"]), v["outputBatch"]].mean()},
    "dCounts": lambda x, v: {"sumCounts": x.sum(1, keepdim=True), "probabilities": x * v["sumCountsInverse"].double()},
    "dSumCounts": lambda x, v: {"sumCountsInverse": 1 / x},
    "dLogits": lambda x, v: {
        "maxLogits": x.amax(1, keepdim=True),
        "normalizedLogits": x - v["maxLogits"].double(),
    },
    "dWeightsOfFinalLayer": lambda x, v: {
        "logits": v["hiddenLayerPostActivationStates"].double() @ x + v["biasesOfFinalLayer"].double()
    },
    "dHiddenLayerPreActivationStates": lambda x, v: {"hiddenLayerPostActivationStates": torch.tanh(x)},
    "dBatchVariance": lambda x, v: {"batchVarianceInverse": 1 / (x + 1e-5).sqrt()},
    "dBatchDifference": lambda x, v: {
        "batchDifferencePow2": x * x,
        "batchRawValue": x * v["batchVarianceInverse"].double(),
    },
    "dHiddenLayerPreBatchNormStates": lambda x, v: {
        "batchMeanAtIteration": x.mean(0, keepdim=True),
        "batchDifference": x - v["batchMeanAtIteration"].double(),
    },
    "dEmbeddingLookUpMatrix": lambda x, v: {"embedding": F.embedding(v["inputBatch"], x)},
}
"""What some stages' tensors do in the forward pass, written independently, in double precision."""


@pytest.fixture(scope="module")
def course(assignment):
    return course_start(assignment, load_dataset(assignment))


def backward(exercise, inputs):
    """The whole script run at once, and one real backward pass: the gradient of every tensor of the graph."""
    leaves = {
        name: value.clone().requires_grad_() if isinstance(value, torch.Tensor) and value.is_floating_point() else value
        for name, value in inputs.items()
    }
    namespace = {"torch": torch, "F": F, **leaves}
    for statement in exercise.script.text.splitlines():
        exec(statement, namespace)
        for name in exercise.cuts.intersection(namespace):
            namespace[name].retain_grad()
    namespace["loss"].backward()
    return {name: namespace[name].grad for name in exercise.cuts}


@pytest.mark.parametrize("name", ["every-expression", "cross-entropy", "batch-norm"])
def test_chained_from_the_loss_the_cut_graph_gives_the_bits_of_loss_backward(assignment, course, name):
    exercise = assignment.exercise(name)
    expected = backward(exercise, course.inputs)
    chained = chain(cut_pass(exercise, course.inputs))
    assert chained.keys() == expected.keys() == exercise.cuts
    for tensor, gradient in expected.items():
        assert torch.equal(chained[tensor], gradient), tensor


@pytest.mark.parametrize("name", ["every-expression", "cross-entropy", "batch-norm"])
def test_what_counts_as_exact_is_a_real_backward_pass(assignment, examination, course, name):
    exercise = assignment.exercise(name)
    expected = backward(exercise, course.inputs)
    for stage in exercise.stages:
        assert torch.equal(examination.probes[name][0].expected[stage.name].exact, expected[stage.tensor])


def test_each_tensor_has_the_consumers_that_the_forward_pass_shows(assignment):
    exercise = assignment.exercise("every-expression")
    assert {stage.tensor: set(exercise.consumers(stage.tensor)) for stage in exercise.stages} == CONSUMERS


def test_consumers_are_found_through_temporaries(assignment):
    assert assignment.exercise("cross-entropy").consumers("logits") == ("loss",)
    batch_norm = assignment.exercise("batch-norm")
    assert batch_norm.consumers("hiddenLayerPreBatchNormStates") == ("hiddenLayerPreActivationStates",)


@pytest.mark.parametrize("name", RULES)
def test_the_reference_agrees_with_finite_differences(examination, name):
    for probe in examination.probes["every-expression"]:
        stage = probe.assignment.named(name)[0][1]
        reference = probe.expected[name].gradient
        assert reference.dtype == torch.float64
        estimate = differences(RULES[name], probe, stage)
        assert torch.allclose(estimate, reference, rtol=1e-5, atol=1e-6 * reference.abs().max().item()), probe.name


def differences(rule, probe, stage):
    """The gradient by central differences, some elements of it; the rest is filled in from the reference."""
    at = probe.values[stage.tensor].double()
    estimate = probe.expected[stage.name].gradient.clone()
    for place in range(0, at.numel(), max(1, at.numel() // 40)):
        step = 1e-6 * max(at.view(-1)[place].abs().item(), at.abs().mean().item() * 1e-2)
        sums = []
        for moved in (at.clone(), at.clone()):
            moved.view(-1)[place] += step if not sums else -step
            made = rule(moved, probe.values)
            sums.append(sum((probe.upstream[consumer].double() * value).sum() for consumer, value in made.items()))
        estimate.view(-1)[place] = (sums[0] - sums[1]) / (2 * step)
    return estimate


@pytest.mark.parametrize(("name", "stage"), [("cross-entropy", "dLogitsFast")])
def test_autograd_itself_vouches_for_the_local_rule(examination, name, stage):
    for probe in examination.probes[name]:
        logits = probe.values["logits"].double().requires_grad_()

        def loss(logits, outputs=probe.values["outputBatch"]):
            return F.cross_entropy(logits, outputs)

        assert torch.autograd.gradcheck(loss, (logits,))
        (gradient,) = torch.autograd.grad(loss(logits), logits)
        assert torch.allclose(gradient, probe.expected[stage].gradient, rtol=1e-9, atol=1e-12)


def test_autograd_itself_vouches_for_batch_norm_in_one_go(examination):
    for probe in examination.probes["batch-norm"]:
        values = {name: probe.values[name].double() for name in ("batchGains", "batchBiases")}

        def normalized(states, values=values):
            variance, mean = torch.var_mean(states, 0, correction=1, keepdim=True)
            return values["batchGains"] * (states - mean) / (variance + 1e-5).sqrt() + values["batchBiases"]

        states = probe.values["hiddenLayerPreBatchNormStates"].double().requires_grad_()
        upstream = probe.upstream["hiddenLayerPreActivationStates"].double()
        (gradient,) = torch.autograd.grad(normalized(states), states, upstream)
        expected = probe.expected["dHiddenLayerPreBatchNormStatesFast"].gradient
        assert torch.allclose(gradient, expected, rtol=1e-7, atol=1e-9 * expected.abs().max().item()), probe.name


def hidden(assignment, course, seed):
    exercise = assignment.exercise("every-expression")
    return make_probes(assignment, exercise, course, seed)[1:]


def test_the_sizes_of_hidden_probes_are_pairwise_different_and_not_those_of_the_course(assignment, course):
    for seed in range(5):
        for probe in hidden(assignment, course, str(seed)):
            assert len(set(probe.sizes.values())) == len(probe.sizes)
            assert all(probe.sizes[name] != course.sizes[name] for name in course.sizes), probe.sizes


def test_the_same_seed_gives_the_same_probes_and_another_seed_others(assignment, course):
    first, again, other = (hidden(assignment, course, seed) for seed in ("one", "one", "two"))
    for probe, same, different in zip(first, again, other, strict=True):
        assert probe.sizes == same.sizes
        assert all(torch.equal(probe.upstream[name], same.upstream[name]) for name in probe.upstream)
        assert all(torch.equal(probe.values[n], same.values[n]) for n in probe.values if n not in probe.sizes)
        table, other_table = (each.values["embeddingLookUpMatrix"] for each in (probe, different))
        assert table.shape != other_table.shape or not torch.equal(table, other_table)


def test_exercises_do_not_share_their_hidden_probes(examination):
    tables = [probe.values["embeddingLookUpMatrix"] for probes in examination.probes.values() for probe in probes[1:]]
    assert len({tuple(table.flatten().tolist()) for table in tables}) == len(tables) == 12


def test_a_consistent_probe_has_the_real_upstream_of_its_data(assignment, examination):
    exercise = assignment.exercise("every-expression")
    for probe in examination.probes[exercise.name]:
        if probe.kind == "consistent":
            real = backward(exercise, probe.values)
            for stage in exercise.stages:
                assert torch.allclose(probe.upstream[stage.tensor], real[stage.tensor], rtol=1e-3, atol=1e-6)


def test_an_arbitrary_probe_has_random_upstream_gradients(examination):
    arbitrary = [probe for probe in examination.probes["every-expression"] if probe.kind == "arbitrary"]
    assert len(arbitrary) >= 2
    for probe in arbitrary:
        for name, gradient in probe.upstream.items():
            if name == "loss":
                assert gradient.item() == 1
            elif gradient.numel() >= 60:
                assert 0.5 < gradient.std().item() < 1.5, name
                assert abs(gradient.mean().item()) < 0.5, name
    draws = [tuple(probe.upstream["maxLogits"].flatten().tolist()) for probe in arbitrary]
    assert len(set(draws)) == len(draws)


def test_small_variance_probes_have_a_variance_near_the_epsilon(examination):
    for exercise in ("every-expression", "batch-norm"):
        small = [probe for probe in examination.probes[exercise] if "small variance" in probe.name]
        assert {probe.kind for probe in small} == {"consistent", "arbitrary"}
        for probe in small:
            variance = probe.values["batchVariance"]
            assert 1e-6 < variance.median().item() < 1e-4, probe.name


def test_every_hidden_probe_looks_up_a_row_more_than_once(examination):
    for probe in examination.probes["every-expression"][1:]:
        rows = probe.values["inputBatch"].flatten()
        assert len(rows.unique()) < len(rows)


ASSIGNMENT = """
name = "ties"
title = "Ties"
inputs = "inputs.py"
seed = 1

[sizes]
rows = { course = 5, probes = [6, 10] }
columns = { course = 4, probes = [6, 10] }

[[exercises]]
name = "only"
title = "Only"
script = "forward.py"
stub = "only.py"
stages = [{ tensor = "scores" }, { tensor = "best" }]
"""


def with_ties(folder: Path, inputs: str, forward: str):
    """An assignment whose data, rounded as they are, make ties and kinks frequent."""
    (folder / "assignment.toml").write_text(ASSIGNMENT)
    (folder / "inputs.py").write_text(f"scores = {inputs}\n")
    (folder / "forward.py").write_text(f"{forward}\nloss = (best * best + best).sum()\n")
    return load_assignment(folder)


SOMETIMES = "(torch.randn((rows, columns), generator=generator) * 4).round()"
ALWAYS = "torch.randint(1, 4, (rows, columns), generator=generator).float()"
MAXIMA = ["best = scores.max(1, keepdim=True).values", "best = scores.amax(1, keepdim=True)"]


def tied(probe):
    scores = probe.values["scores"]
    return ((scores == scores.amax(1, keepdim=True)).sum(1) > 1).any()


def drawn(assignment, seed):
    return [*make_probes(assignment, assignment.exercises[0], course_start(assignment, None), seed)]


@pytest.mark.parametrize("forward", MAXIMA)
def test_a_probe_with_a_tie_is_drawn_again_a_few_times(tmp_path, forward):
    assignment = with_ties(tmp_path, SOMETIMES, forward)
    hidden = [probe for seed in range(8) for probe in drawn(assignment, str(seed))[1:]]
    assert {probe.draws for probe in hidden} == set(range(1, ENOUGH + 1))
    for probe in hidden:
        left_out = probe.expected["dscores"].left_out
        assert bool(left_out) == bool(tied(probe))
        assert not left_out or probe.draws == ENOUGH


@pytest.mark.parametrize("forward", MAXIMA)
def test_where_every_probe_has_a_tie_the_one_is_taken_that_has_the_fewest(tmp_path, forward):
    assignment = with_ties(tmp_path, ALWAYS, forward)
    exercise = assignment.exercises[0]
    first = [drawn_first(assignment, exercise, recipe, "tests") for recipe in assignment.recipes]
    taken = drawn(assignment, "tests")[1:]
    shares = [
        [probe.expected["dscores"].left_out / probe.values["scores"].numel() for probe in each]
        for each in (first, taken)
    ]
    assert sum(shares[1]) < sum(shares[0])
    assert all(probe.draws == ENOUGH and tied(probe) for probe in taken)


@pytest.mark.parametrize("kink", ["best = scores.relu()", "best = scores.abs() + 1"])
def test_what_sits_on_a_kink_at_zero_is_left_out(tmp_path, kink):
    zeros = "torch.randint(0, 2, (rows, columns), generator=generator).float()"
    for probe in drawn(with_ties(tmp_path, zeros, kink), "tests"):
        assert torch.equal(probe.expected["dscores"].jumps, probe.values["scores"] == 0)


def test_where_ties_are_kept_nothing_is_left_out_or_drawn_again(tmp_path):
    assignment = with_ties(tmp_path, ALWAYS, MAXIMA[0])
    kept = replace(assignment.exercises[0], ties="keep")
    for probe in make_probes(assignment, kept, course_start(assignment, None), "tests"):
        assert probe.draws == 1 and probe.expected["dscores"].left_out == 0


@pytest.mark.parametrize("spread", [0.1, 1])
def test_what_changes_quickly_but_does_not_jump_is_not_left_out_and_no_probe_to_judge_by(tmp_path, spread):
    close = f"1000 + {spread} * torch.randn((rows, columns), generator=generator)"
    assignment = with_ties(tmp_path, close, "best = 1 / (scores - scores.mean())")
    course = course_probe(assignment, assignment.exercises[0], course_start(assignment, None))
    assert course.expected["dscores"].left_out == 0
    assert course.expected["dscores"].tolerance > CLEAR
    with pytest.raises(AssignmentError, match="right could not be told from wrong") as refused:
        drawn(assignment, "tests")
    assert str(tmp_path) in str(refused.value)
