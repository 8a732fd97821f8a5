"""A wrong gradient is told why: the slip that explains it on every probe, and none where none does."""
# ruff: noqa: E501, RUF001

import dataclasses
import random

import pytest

from grader.assignment import load_assignment
from grader.judge.why.local import Local
from grader.run.exam import examine
from grader.verify.mutants import mutants
from helpers.judging import judged_here
from helpers.slope import edit, write_slope
from helpers.solution import ONE_BY_ONE
from helpers.submissions import judged, submission_of

U, H = "hiddenLayerPreActivationStates", "hiddenLayerPostActivationStates"
SLIPS = [
    # from the graph
    ("dCounts", "sumCountsInverse * dProbabilities", "missing-path", "`sumCounts`"),
    ("dCounts", "sumCountsInverse * dProbabilities + 2 * dSumCounts", "path-twice", "`sumCounts`"),
    ("dCounts", "sumCountsInverse * dProbabilities - dSumCounts", "path-sign", "`sumCounts`"),
    ("dCounts", "sumCountsInverse * dProbabilities + dSumCounts / batchSize", "factor-of-size", "1 / batchSize"),
    ("dCounts", "dProbabilities * 0 + dProbabilities", "upstream-unchanged", "`dProbabilities`"),
    ("dCounts", "counts * 1", "forward-value", "`counts`"),
    ("dCounts", "-(sumCountsInverse * dProbabilities + dSumCounts)", "sign", "sign"),
    ("dCounts", "2 * (sumCountsInverse * dProbabilities + dSumCounts)", "factor", "2 times"),
    ("dCounts", "(sumCountsInverse * dProbabilities + dSumCounts).abs()", "absolute", "absolute"),
    ("dCounts", "probabilities * dProbabilities + dSumCounts", "wrong-factor", "`probabilities`"),
    ("dCounts", "torch.zeros_like(counts)", "zeros", "zeros"),
    ("dCounts", "sumCountsInverse + dSumCounts + 0 * counts", "upstream-missing", "`dProbabilities`"),
    ("dSumCountsInverse", "counts * dProbabilities", "not-summed", "copied along"),
    ("dSumCountsInverse", "(counts * dProbabilities).sum(0, keepdims=True)", "wrong-axis", "wrong axis"),
    ("dSumCountsInverse", "(counts * dProbabilities).sum()", "one-number", "one number"),
    ("dSumCountsInverse", "(counts * dProbabilities).mean(1, keepdims=True)", "factor-of-size", "1 / vocabularySize"),
    ("dSumCountsInverse", "(probabilities * dProbabilities).sum(1, keepdims=True)", "wrong-operand", "`counts`"),
    ("dSumCountsInverse", "dProbabilities.sum(1, keepdims=True)", "no-derivative", "is summed"),
    ("dSumCounts", "-sumCounts ** -3 * dSumCountsInverse", "exponent", "exponent"),
    ("dSumCounts", "-sumCounts ** -1 * dSumCountsInverse", "exponent", "exponent"),
    ("dMaxLogits", "dNormalizedLogits.sum(1, keepdims=True)", "sign", "sign"),
    ("dBiasesOfFinalLayer", "dLogits.mean(0)", "factor-of-size", "1 / batchSize"),
    ("dBiasesOfHiddenLayer", "dHiddenLayerPreBatchNormStates.mean(0)", "factor-of-size", "1 / batchSize"),
    ("dHiddenLayerPreBatchNormStates", "dBatchDifference + dBatchMeanAtIteration / 32", "typed-in-size", "`batchSize`"),
    ("dBatchDifferencePow2", "dBatchVariance.expand(batchSize, -1) / 31", "typed-in-size", "`batchSize`"),
    ("dWeightsOfFinalLayer", f"{H}.T @ dLogits / batchSize", "factor-of-size", "1 / batchSize"),
    ("dEmbeddingLookUpMatrix", "torch.zeros_like(embeddingLookUpMatrix).index_put((inputBatch,), dEmbedding)",
     "no-accumulation", "more than once"),
    ("dSumCounts", "dSumCountsInverse - sumCounts ** -2", "upstream-added", "multiply the two"),
    ("dBatchGains", "(batchRawValue / dHiddenLayerPreActivationStates).sum(0, keepdims=True)", "upstream-divides", "multiply the two"),
    ("dSumCounts", "-3 * sumCounts ** -5 * dSumCountsInverse", "exponent", "off by 3"),
    ("dSumCounts", "(-sumCounts ** -2).T * dSumCountsInverse", "broadcast", "axis"),
    ("dCounts", "(sumCountsInverse * dProbabilities + dSumCounts).half()", "dtype", "float16"),
    ("dBatchDifferencePow2", "dBatchVariance / (batchSize - 1)", "not-spread", "Each row of the gradient is this one"),
    ("dCounts", "(sumCountsInverse * dProbabilities + dSumCounts).sum(0)", "axis-gone", "summed over axis 0"),
    ("dCounts", "(sumCountsInverse * dProbabilities + dSumCounts).mean(1)", "axis-gone", "averaged over axis 1"),
    ("dBatchDifferencePow2", "torch.ones(32, 64) / (batchSize - 1) * dBatchVariance", "typed-in-size", "typed in"),
    ("dHiddenLayerPreBatchNormStatesFast", "batchGains * batchVarianceInverse / batchSize * (batchSize * "
     "dHiddenLayerPreActivationStates - 2 * dHiddenLayerPreActivationStates.sum(0) - batchSize / (batchSize - 1) * "
     "batchRawValue * (dHiddenLayerPreActivationStates * batchRawValue).sum(0))", "path-twice", "path"),
    # two at once
    ("dBatchDifference", "batchDifference * dBatchDifferencePow2 - batchVarianceInverse * dBatchRawValue", "factor",
     "Two things. First: the path through `batchDifferencePow2` is 0.5 times what it should be. Second: the sign of the path"),
    ("dBatchVariance", "0.5 * batchVariance ** -1.5 * dBatchVarianceInverse", "epsilon-forgotten", "the sign of the whole is wrong"),
    ("dBatchGains", "(batchDifference * dHiddenLayerPreActivationStates).mean(0, keepdims=True)", "wrong-operand",
     "the whole is 1 / batchSize times what it should be"),
    # a matrix product
    ("dBatchGains", "batchRawValue.T @ dHiddenLayerPreActivationStates", "diagonal", "element by element"),
    # from the assignment
    ("dBatchDifferencePow2", "dBatchVariance.expand(batchSize, -1) / batchSize", "biased-variance", "n − 1"),
    ("dBatchVariance", "-0.5 * batchVariance ** -1.5 * dBatchVarianceInverse", "epsilon-forgotten", "epsilon"),
    (f"d{H[0].upper()}{H[1:]}".replace("Post", "Pre"), f"(1 - {U} ** 2) * d{H[0].upper()}{H[1:]}", "tanh-from-input", "value"),
    (f"d{H[0].upper()}{H[1:]}".replace("Post", "Pre"), f"{H} * (1 - {H}) * d{H[0].upper()}{H[1:]}", "tanh-as-sigmoid", "sigmoid"),
    ("dLogits", "dNormalizedLogits + dMaxLogits", "maximum-spread", "highest element alone"),
    ("dLogits", "dNormalizedLogits + 0 * dMaxLogits", "missing-path", "`maxLogits`"),
    ("dLogitsFast", "torch.softmax(logits, 1) / batchSize", "no-one-hot", "take away"),
    ("dLogitsFast", "torch.softmax(logits, 1) - torch.nn.functional.one_hot(outputBatch, logits.shape[1])", "summed-loss", "1 / n"),
    ("dLogitsFast", "(torch.softmax(logits, 0) - torch.nn.functional.one_hot(outputBatch, logits.shape[1])) / batchSize",
     "softmax-over-batch", "over the characters"),
    ("dHiddenLayerPreBatchNormStatesFast", "batchGains * batchVarianceInverse * dHiddenLayerPreActivationStates",
     "statistics-constant", "constants"),
    ("dHiddenLayerPreBatchNormStatesFast",
     "batchGains * batchVarianceInverse * (dHiddenLayerPreActivationStates - dHiddenLayerPreActivationStates.mean(0))",
     "variance-constant", "constant"),
]  # fmt: skip
SILENT = [
    ("dCounts", "sumCountsInverse * dProbabilities * counts + dSumCounts + 0.3 * counts ** 2"),
    ("dCounts", "(sumCountsInverse - dProbabilities + dSumCounts) * torch.sin(counts)"),
    ("dLogits", "torch.roll(dNormalizedLogits, 1, 0)"),
    ("dBatchVariance", "-0.5 * (batchVariance + 3e-4) ** -1.5 * dBatchVarianceInverse"),
    ("dEmbedding", "dConcatenatedEmbedding.view(embedding.shape).flip(0).roll(1, 0)"),
]


@pytest.fixture
def told(examination):
    """The judgement of one stage whose function returns an expression."""
    return lambda stage, expression: judged_here(stage, expression, examination)


@pytest.mark.parametrize(("stage", "expression", "code", "said"), SLIPS, ids=[f"{s[0]}: {s[2]}" for s in SLIPS])
def test_a_slip_is_named(told, stage, expression, code, said):
    judged = told(stage, expression)
    assert not judged.passed and judged.score == 0
    assert judged.diagnosis, judged.message
    assert (judged.diagnosis.code, said in judged.diagnosis.message) == (code, True), judged.diagnosis


@pytest.mark.parametrize(("stage", "expression"), SILENT)
def test_where_no_slip_explains_everything_none_is_named(told, stage, expression):
    judged = told(stage, expression)
    assert not judged.passed and judged.diagnosis is None, judged.diagnosis


RIGHT = "(sumCountsInverse * dProbabilities + dSumCounts)"
PATTERNS = [
    ("dCounts", f"{RIGHT} + torch.nn.functional.pad(counts[2:3], (0, 0, 2, len(counts) - 3))", "Only row 2 is off."),
    ("dCounts", f"{RIGHT} + 0.01 * torch.nn.functional.one_hot(outputBatch, vocabularySize)", "`outputBatch` points at."),
    ("dCounts", f"{RIGHT} + 0.01 * (1 - torch.nn.functional.one_hot(outputBatch, vocabularySize))", "Everything is off except"),
    ("dCounts", f"{RIGHT} + 0.01 * torch.nn.functional.one_hot(counts.argmax(1), vocabularySize)", "Only the largest element"),
    ("dCounts", f"{RIGHT} * torch.tensor([1.0, -1.0]).repeat(batchSize)[:batchSize, None]", "some signs are wrong"),
    ("dCounts", f"{RIGHT} * counts.mean()", "different on each probe"),
    ("dCounts", f"{RIGHT} * counts.mean(1, keepdims=True) ** 2", "Each row is off by its own"),
    ("dCounts", f"{RIGHT} * counts.mean(0, keepdims=True) ** 2", "Each column is off by its own"),
    ("dCounts", f"{RIGHT} + 0.3 * counts.mean()", "Every element is off by the same number"),
    ("dCounts", f"{RIGHT} + torch.outer(counts.mean(1), counts.mean(0))", "outer product"),
    ("dCounts", f"{RIGHT} + torch.sin(counts * 9)", "in no pattern"),
]  # fmt: skip


@pytest.mark.parametrize(("stage", "expression", "said"), PATTERNS, ids=[said for _, _, said in PATTERNS])
def test_where_no_slip_fits_the_pattern_of_the_error_is_told(told, stage, expression, said):
    judged = told(stage, expression)
    assert judged.diagnosis is None, judged.diagnosis
    assert said in judged.pattern


def test_the_evidence_has_the_share_of_elements_the_ratio_and_the_axes(told):
    judged = told("dBatchBiases", "2 * dHiddenLayerPreActivationStates.sum(0, keepdims=True)")
    assert judged.diagnosis.code == "factor" and judged.pattern == ""
    course, *_, axes = judged.evidence
    assert "'course', 64 of 64 elements are off (100 %); answer / reference is 2 to 2 there" in course
    assert "(1, 64) is broadcast to the shape of `hiddenLayerPreActivationStates` (32, 64), along axis 0" in axes


def test_where_two_slips_explain_it_the_other_one_is_mentioned(told):
    judged = told("dProbabilities", "dLogProbabilities * 1")
    assert judged.diagnosis.code == "upstream-unchanged" and judged.diagnosis.other
    assert "On every probe, this slip gives the answer to within 0 of the largest" in judged.evidence[0]


def test_what_is_right_is_told_nothing(told):
    judged = told("dCounts", "sumCountsInverse * dProbabilities + dSumCounts")
    assert judged.passed and judged.diagnosis is None


def test_tensors_that_have_the_same_shape_in_the_course_alone_are_told_apart(tmp_path):
    """No power of the one explains the other, and looking for it fails on no probe."""
    folder = write_slope(tmp_path)
    edit(folder / "assignment.toml", "columns = { course = 4", "columns = { course = 5")
    edit(folder / "inputs.py", "slope =", "weights = torch.rand((1, rows), generator=generator)\nslope =")
    assignment = load_assignment(folder)
    examination = examine(assignment, frozenset(assignment.stage_names), seed="shapes")
    told = judged_here("dslope", "(dbent * bent * (1 - bent) * x.sin()).sum(0, keepdim=True)", examination)
    assert told.verdict == "wrong" and told.diagnosis is None


def differs(local, slip):
    """Whether the gradient with a slip is another one than the right one."""
    value, expected = local.with_slip(slip), local.probe.expected[local.stage.name]
    assert value is not None, slip.code
    return expected.error(value) > expected.tolerance


@pytest.mark.parametrize("name", ["attention", "layers", "makemore", "nameweave"])
def test_every_slip_that_an_assignment_knows_gives_another_gradient(name):
    """The altered forward pass runs on every probe, and somewhere a stage's gradient is not the right one."""
    assignment = load_assignment(name)
    examination = examine(assignment, frozenset(assignment.stage_names), seed="slips")
    known = [(exercise, slip) for exercise in assignment.exercises for slip in exercise.slips]
    assert len(known) >= 12 and len({slip.code for _, slip in known}) >= 12
    for exercise, slip in known:
        assert any(differs(Local(s, p), slip) for p in examination.probes[exercise.name] for s in exercise.stages), slip


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_of_two_slips_at_once_none_is_named_by_chance(examination, assignment, sandbox):
    """Whatever is named for one draw of the probes is named for another: it is the function, not the numbers."""
    again = examine(assignment, examination.selected, seed="two slips")
    draw = random.Random(0)
    offered = {}
    for exercise in examination.exercises:
        for stage in exercise.stages:
            offered |= examination.probes[exercise.name][0].offer(stage)
    once = [mutant for text in ONE_BY_ONE for mutant in mutants(text, offered)]
    named = 0
    for first in draw.sample(once, 50):
        twice = draw.choice(list(mutants(first.text, offered)))
        one, other = (judged_alone(first.stage, twice.text, of, sandbox) for of in (examination, again))
        told = [each.diagnosis for each in (one, other) if each.diagnosis]
        named += bool(told)
        if told and all(each.slips == 1 for each in told):  # which two edits are found first may depend on the draw
            assert one.diagnosis == other.diagnosis, (twice.text, one.diagnosis, other.diagnosis)
    assert 5 < named


def judged_alone(stage, text, examination, sandbox):
    """The judgement of one stage alone."""
    exercise, _ = examination.assignment.named(stage)[0]
    probes = {exercise.name: examination.probes[exercise.name]}
    only = dataclasses.replace(examination, selected=frozenset({stage}), probes=probes)
    return judged(submission_of(text), only, sandbox)[stage]
