"""No wrong answer passes: one-edit mutants of the solution are caught, but for those that are the same function."""

import ast
import dataclasses
from collections.abc import Callable

import pytest
import torch

from grader.assignment import Stage
from grader.result import StageResult
from grader.run import finding
from grader.run.exam import Examination
from grader.verify.mutants import HEADER, Mutant, functions, mutants
from helpers.places import GRADIENTS
from helpers.solution import ONE_BY_ONE
from helpers.submissions import submission_of, verdicts_of

STAGES = [function.name for text in ONE_BY_ONE for function in functions(text)]

LAST_AXIS = "The tensor has two axes, so axis -1 is axis 1."
FIRST_AXIS = "The tensor has two axes, so axis -2 is axis 0."
EVEN_POWER = "The exponent is an even integer, and (-x)^2k = x^2k for every x."
ONES_BROADCAST = "The ones only copy the other factor along an axis, which adding it to the first term does as well."
ONES_OF = "Ones in this shape broadcast, in product and sum, to the same factor 1 for every element."
ROW_VECTOR = "upstream.sum(0) has one axis, and transposing it changes nothing."
KEPT_AXIS = "A vector of shape (h,) and one of shape (1, h) broadcast alike against (n, h)."

BATCH_NORM = (
    "return batchGains * batchVarianceInverse / batchSize * (batchSize * upstream - {mean}"
    " - batchSize / (batchSize - 1) * batchRawValue * {product})"
)
MEAN, PRODUCT = "upstream.sum(0)", "(upstream * batchRawValue).sum(0)"

EQUIVALENT: dict[str, dict[str, str]] = {
    "dSumCountsInverse": {"return (counts * dProbabilities).sum(-1, keepdims=True)": LAST_AXIS},
    "dSumCounts": {"return -(-sumCounts) ** (-2) * dSumCountsInverse": EVEN_POWER},
    "dCounts": {
        "return sumCountsInverse * dProbabilities + dSumCounts": ONES_BROADCAST,
        "return sumCountsInverse * dProbabilities + torch.ones_like(sumCountsInverse) * dSumCounts": ONES_OF,
        "return sumCountsInverse * dProbabilities + torch.ones_like(dProbabilities) * dSumCounts": ONES_OF,
        "return sumCountsInverse * dProbabilities + torch.ones_like(dSumCounts) * dSumCounts": ONES_OF,
    },
    "dMaxLogits": {"return (-dNormalizedLogits).sum(-1, keepdims=True)": LAST_AXIS},
    "dLogits": {
        "isMax = torch.nn.functional.one_hot(logits.max(-1).indices, num_classes=logits.shape[1])": LAST_AXIS,
        "isMax = torch.nn.functional.one_hot(logits.max(1).indices, num_classes=dNormalizedLogits.shape[1])": (
            "dNormalizedLogits has the shape of normalizedLogits = logits - maxLogits, which is that of logits."
        ),
    },
    "dBiasesOfFinalLayer": {"return dLogits.sum(-2)": FIRST_AXIS},
    "dHiddenLayerPreActivationStates": {
        "return (1.0 - (-hiddenLayerPostActivationStates) ** 2) * dHiddenLayerPostActivationStates": EVEN_POWER,
    },
    "dBatchGains": {
        "return (batchRawValue * dHiddenLayerPreActivationStates).sum(-2, keepdims=True)": FIRST_AXIS,
    },
    "dBatchBiases": {"return dHiddenLayerPreActivationStates.sum(-2, keepdims=True)": FIRST_AXIS},
    "dBatchVarianceInverse": {"return (batchDifference * dBatchRawValue).sum(-2, keepdims=True)": FIRST_AXIS},
    "dBatchDifferencePow2": {
        "return 1.0 / (batchSize - 1) / torch.ones_like(batchDifferencePow2) * dBatchVariance": "x / 1 = x * 1.",
        "return (1.0 / (batchSize - 1)) ** torch.ones_like(batchDifferencePow2) * dBatchVariance": "x ** 1 = x * 1.",
    },
    "dBatchMeanAtIteration": {"return (-dBatchDifference).sum(-2, keepdims=True)": FIRST_AXIS},
    "dHiddenLayerPreBatchNormStates": {
        "return dBatchDifference + 1.0 / batchSize / torch.ones_like(dBatchDifference) * dBatchMeanAtIteration": (
            "x / 1 = x * 1."
        ),
        "return dBatchDifference + (1.0 / batchSize) ** torch.ones_like(dBatchDifference) * dBatchMeanAtIteration": (
            "x ** 1 = x * 1."
        ),
        "return dBatchDifference + 1.0 / batchSize * dBatchMeanAtIteration": ONES_BROADCAST,
        "return dBatchDifference + 1.0 / batchSize * torch.ones_like(dBatchMeanAtIteration) * dBatchMeanAtIteration": (
            ONES_OF
        ),
    },
    "dBiasesOfHiddenLayer": {"return dHiddenLayerPreBatchNormStates.sum(-2)": FIRST_AXIS},
    "dLogitsFast": {"gradient = F.softmax(logits, -1)": LAST_AXIS},
    "dHiddenLayerPreBatchNormStatesFast": {
        BATCH_NORM.format(mean=f"{MEAN}.T", product=PRODUCT): ROW_VECTOR,
        BATCH_NORM.format(mean=MEAN, product=f"{PRODUCT}.T"): ROW_VECTOR,
        BATCH_NORM.format(mean="upstream.sum(0, keepdims=True)", product=PRODUCT): KEPT_AXIS,
        BATCH_NORM.format(mean=MEAN, product="(upstream * batchRawValue).sum(0, keepdims=True)"): KEPT_AXIS,
        BATCH_NORM.format(mean="upstream.sum(-2)", product=PRODUCT): FIRST_AXIS,
        BATCH_NORM.format(mean=MEAN, product="(upstream * batchRawValue).sum(-2)"): FIRST_AXIS,
    },
}
"""Edits that leave the function what it was, by stage and edited line, and why they do."""

MOST = 30
"""Of one stage, about so many edits are tried, and no more than half: `grade verify nameweave` tries them all."""
TURNS = 40
"""In so many submissions all of them are tried."""
GradeStage = Callable[[str, str], StageResult]
Edit = Callable[[str, str, str], str]


@pytest.fixture(scope="module", autouse=True)
def undiagnosed():
    """Verdicts alone: why a mutant is wrong is told in `verify/test_verify.py`, and takes longer than to grade it."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(finding, "EXPLAINED", ())
        yield


@pytest.fixture(scope="module")
def grade_stage(examination, sandbox) -> GradeStage:
    """Grade a text for one stage only."""

    def grade(stage: str, text: str) -> StageResult:
        return verdicts_of(submission_of(text), only(examination, stage), sandbox)[stage]

    return grade


@pytest.fixture(scope="module")
def mutants_of(examination) -> dict[str, list[Mutant]]:
    offered = everything_offered(examination)
    found: dict[str, list[Mutant]] = {stage: [] for stage in STAGES}
    for text in ONE_BY_ONE:
        for mutant in mutants(text, offered):
            found[mutant.stage].append(mutant)
    return found


@pytest.fixture
def edited(solution_text) -> Edit:
    """The whole solution, with one replacement inside one function."""

    def edit(stage: str, old: str, new: str) -> str:
        (node,) = [function for function in functions(solution_text) if function.name == stage]
        function = ast.get_source_segment(solution_text, node)
        assert function.count(old) == 1, f"{old!r} is not in {stage} once"
        return solution_text.replace(function, function.replace(old, new))

    return edit


@pytest.fixture
def verdict_of(edited, grade_stage) -> Edit:
    """The verdict of one stage of the solution, with one replacement in it."""
    return lambda stage, old, new: grade_stage(stage, edited(stage, old, new)).verdict


def only(examination: Examination, stage: str) -> Examination:
    """The same probes, for one stage."""
    exercise, _ = examination.assignment.named(stage)[0]
    probes = {exercise.name: examination.probes[exercise.name]}
    return dataclasses.replace(examination, selected=frozenset({stage}), probes=probes)


def everything_offered(examination: Examination) -> dict[str, object]:
    """What any stage can ask for on the course batch, by name."""
    offered: dict[str, object] = {}
    for exercise in examination.exercises:
        for stage in exercise.stages:
            offered |= examination.probes[exercise.name][0].offer(stage)
    return offered


def test_every_edit_that_is_harmless_is_one_there_is(mutants_of):
    assert all(set(changes) <= {mutant.change for mutant in mutants_of[stage]} for stage, changes in EQUIVALENT.items())


def changes_axes(mutant: Mutant) -> bool:
    """Whether an axis of length 1 is kept, lost or added, and the values stay what they were."""
    kept_or_lost = mutant.kind == "flag" and ".sum(" in mutant.change
    return kept_or_lost or (mutant.kind == "too-much" and mutant.change.endswith(("[None]", "[..., None]")))


def types_in_a_size(mutant: Mutant) -> bool:
    return mutant.kind == "number" and names_in(mutant.text) < names_in(mutant.before)


def names_in(text: str) -> int:
    return sum(isinstance(node, ast.Name) for node in ast.walk(ast.parse(text)))


def tried_of(made: list[Mutant]) -> list[Mutant]:
    return made[:: max(2, len(made) // MOST)]


@pytest.mark.parametrize("turn", range(TURNS))
def test_a_wrong_edit_does_not_pass_and_a_harmless_one_does(turn, mutants_of, judge_text):
    """A submission has one mutant of each stage, in a file of its own: no stage is judged by another one's answer."""
    tried = [mutant for made in mutants_of.values() for mutant in tried_of(made)[turn : turn + 1]]
    judged = judge_text("", **{mutant.stage: mutant.text for mutant in tried})
    for mutant in tried:
        verdict, told = judged[mutant.stage].verdict, (mutant.stage, mutant.change, judged[mutant.stage])
        harmless = mutant.change in EQUIVALENT.get(mutant.stage, {})
        assert (verdict in ("exact", "approximate")) == harmless, told
        if not harmless:
            assert (verdict == "shape") == changes_axes(mutant), told
            assert (verdict == "overfit") or not types_in_a_size(mutant), told
            assert verdict not in ("ungraded", "timeout", "missing"), told


def test_every_edit_that_is_to_be_tried_has_its_turn(mutants_of):
    tried = [len(tried_of(made)) for made in mutants_of.values()]
    assert max(tried) <= TURNS and sum(tried) > 500


def test_the_lines_that_name_mutants_tell_them_apart(mutants_of):
    for stage, found in mutants_of.items():
        assert len({mutant.change for mutant in found}) == len(found), stage


def test_there_are_a_thousand_mutants_and_every_stage_has_some(mutants_of):
    assert all(len(found) > 10 for found in mutants_of.values())
    assert sum(map(len, mutants_of.values())) > 1000


def test_the_solution_still_passes_when_each_function_stands_alone(grade_stage):
    for text in ONE_BY_ONE:
        for function in functions(text):
            assert grade_stage(function.name, HEADER + ast.unparse(function)).verdict in ("exact", "approximate")


def test_a_mean_for_a_sum_in_the_hidden_biases_does_not_pass(verdict_of):
    assert verdict_of("dBiasesOfHiddenLayer", ".sum(0)", ".mean(0)") == "shortcut"


def test_the_max_branch_left_out_of_the_logits_does_not_pass(verdict_of):
    assert verdict_of("dLogits", " + isMax * dMaxLogits", "") == "shortcut"


def test_a_mean_for_a_sum_in_the_max_logits_does_not_pass(verdict_of):
    assert verdict_of("dMaxLogits", ".sum(1, keepdims=True)", ".mean(1, keepdims=True)") == "shortcut"


@pytest.mark.parametrize("epsilon", ["0", "2e-5", "1e-6", "1e-8"])
def test_a_wrong_epsilon_in_the_variance_does_not_pass(verdict_of, epsilon):
    assert verdict_of("dBatchVariance", "1e-5", epsilon) == "overfit"


@pytest.mark.parametrize(
    ("stage", "old", "typed"),
    [
        ("dLogProbabilities", "-1.0 / batchSize", "-1.0 / 32"),
        ("dLogits", "logits.shape[1]", "27"),
        ("dBatchDifferencePow2", "torch.ones_like(batchDifferencePow2)", "torch.ones(32, 64)"),
        ("dBatchDifferencePow2", "batchSize - 1", "31"),
        ("dEmbedding", "embedding.shape", "32, 3, 10"),
        ("dEmbeddingLookUpMatrix", "torch.zeros_like(embeddingLookUpMatrix)", "torch.zeros(27, 10)"),
        ("dLogitsFast", "gradient / batchSize", "gradient / 32"),
    ],
)
def test_sizes_of_the_course_typed_in_are_overfit(verdict_of, stage, old, typed):
    assert verdict_of(stage, old, typed) == "overfit"


@pytest.mark.parametrize("stage", ["dMaxLogits", "dBiasesOfHiddenLayer"])
def test_a_gradient_that_is_zero_for_this_loss_is_a_shortcut_when_returned_as_zeros(grade_stage, assignment, stage):
    judged = grade_stage(stage, zeros(assignment.named(stage)[0][1]))
    assert (judged.verdict, judged.score) == ("shortcut", 0)
    assert all(probe.passed == (probe.kind != "arbitrary") for probe in judged.probes)


def test_zeros_everywhere_score_nothing(judge_text, assignment):
    judged = judge_text("\n".join(zeros(stage) for name in GRADIENTS for stage in assignment.exercise(name).stages))
    assert len(judged) == 28
    assert sum(stage.score for stage in judged.values()) == 0
    assert {name for name, stage in judged.items() if stage.verdict == "shortcut"} == {
        "dMaxLogits",
        "dBiasesOfHiddenLayer",
    }


def test_a_sign_error_costs_one_stage_and_the_chain_shows_where_it_went(judge_text, edited):
    judged = judge_text(edited("dBatchVariance", "-0.5", "0.5"))
    assert sum(stage.score for stage in judged.values()) == 27
    assert [name for name, stage in judged.items() if not stage.passed] == ["dBatchVariance"]
    # The mean is not among them: what goes to it through the variance is 2 * sum(x - mean) = 0, whatever the sign.
    # Nor are the hidden biases, whose gradient is 0.
    assert {name for name, stage in judged.items() if stage.chained.verdict == "wrong"} == {
        "dBatchVariance",
        "dBatchDifferencePow2",
        "dBatchDifference",
        "dHiddenLayerPreBatchNormStates",
        "dConcatenatedEmbedding",
        "dWeightsOfHiddenLayer",
        "dEmbedding",
        "dEmbeddingLookUpMatrix",
    }


def test_a_forgotten_branch_costs_one_stage_and_carries_into_what_is_before(judge_text, edited):
    judged = judge_text(edited("dCounts", " + torch.ones_like(counts) * dSumCounts", ""))
    assert sum(stage.score for stage in judged.values()) == 27
    assert judged["dCounts"].verdict == "wrong"
    assert judged["dNormalizedLogits"].passed and judged["dNormalizedLogits"].chained.verdict == "wrong"
    assert judged["dSumCounts"].chained.verdict in ("exact", "approximate")


def zeros(stage: Stage) -> str:
    """A source that returns zeros of the right shape."""
    return HEADER + f"def {stage.name}({stage.tensor}):\n    return torch.zeros_like({stage.tensor})\n"


NEEDY = """\
import math

SCALE = 3.0


def twice(value):
    return SCALE * value


def dother(x):
    return x


def dx(x, dy):
    return twice(dy) * math.exp(1.0) * x
"""


def test_a_mutant_has_what_its_solution_imports_defines_and_sets():
    """Else it dies of a name, and counts as caught."""
    x = torch.ones(2, 3)
    made = list(mutants(NEEDY, {"x": x, "dy": x}, "dx"))
    answers = []
    for mutant in made:
        namespace = {}
        exec(mutant.text, namespace)
        try:
            answers.append(namespace["dx"](x, x))
        except NameError:
            raise
        except Exception:  # of tensors that do not fit together, and the like
            continue
    assert len(made) > 20 and len(answers) > len(made) / 2 and {mutant.stage for mutant in made} == {"dx"}
    assert all(mutant.change in mutant.text and ast.unparse(mutant.right) in NEEDY for mutant in made)
