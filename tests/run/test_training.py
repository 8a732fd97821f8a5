"""Exercise 4: the whole backward pass, a training run, calibration, the loss of a split, and sampling."""
# ruff: noqa: E501, RUF001

import ast
import random
from itertools import zip_longest

import pytest
import torch

from grader.assignment.training import train
from grader.run import tasks
from grader.run.exam import examine
from grader.run.grade import grade_submission
from grader.run.request import select
from grader.sandbox.border.loop import Plan
from grader.sandbox.border.messages import MANY_CHARACTERS, Draw
from helpers.solution import TRAINING as SOLUTION
from helpers.submissions import submission_of, verdicts_of

HEAD = "import math\nimport random\nimport torch\nimport torch.nn.functional as F\n\n\n"
TASKS = ("update", "calibrate", "split_loss", "sample")
NETWORK = """\
    embedding = embeddingLookUpMatrix[{rows}].view({count}, -1)
    states = embedding @ weightsOfHiddenLayer + biasesOfHiddenLayer
    raw = (states - calibratedMean) * (calibratedVariance + 1e-5) ** -0.5
    logits = torch.tanh(batchGains * raw + batchBiases) @ weightsOfFinalLayer + biasesOfFinalLayer
"""
PARAMETERS = (
    "embeddingLookUpMatrix, weightsOfHiddenLayer, biasesOfHiddenLayer, weightsOfFinalLayer, biasesOfFinalLayer, "
    "batchGains, batchBiases"
)
STATISTICS = f"{PARAMETERS}, calibratedMean, calibratedVariance"


def function(name):
    """The text of one function of the solution."""
    node = next(n for n in ast.parse(SOLUTION).body if isinstance(n, ast.FunctionDef) and n.name == name)
    return ast.get_source_segment(SOLUTION, node)


def solution(**changed):
    """The solution, with other functions in the place of some."""
    names = ("backward", *TASKS)
    return HEAD + "\n\n\n".join(changed.get(name, function(name)) for name in names) + "\n"


@pytest.fixture(scope="module")
def graded(training_examination, sandbox):
    """The stages of the fourth exercise of one file, by name."""

    def grade(text, examination=training_examination):
        return verdicts_of(submission_of(text), examination, sandbox)

    return grade


@pytest.fixture(scope="module")
def trials(training_examination):
    return training_examination.trials["training"]


# Right answers in other words

LOOP = """
    dEmbeddingLookUpMatrix = torch.zeros_like(embeddingLookUpMatrix)
    for row, gradient in zip(inputBatch.view(-1).tolist(), dEmbedding):
        dEmbeddingLookUpMatrix[row] += gradient
"""
ONE_HOT = """
    hot = F.one_hot(inputBatch.view(-1), embeddingLookUpMatrix.shape[0]).float()
    dEmbeddingLookUpMatrix = hot.T @ dEmbedding
"""
TABLE = "    dEmbeddingLookUpMatrix = torch.zeros_like(embeddingLookUpMatrix).index_add_(0, inputBatch.view(-1), dEmbedding)\n"
RETURNED = function("backward").partition("return (")[2].rstrip(") \n")
NAMES = [name.strip() for name in RETURNED.split(",") if name.strip()]
RIGHT = {
    "backward": {
        "a python loop over the rows": function("backward").replace(TABLE, LOOP.lstrip("\n")),
        "one-hot product": function("backward").replace(TABLE, ONE_HOT.lstrip("\n")),
        "a list": function("backward").replace("return (", "return [").rstrip(")") + "]",
        "a dictionary": function("backward").partition("return (")[0]
        + f"return {{{', '.join(f'{name!r}: {name}' for name in reversed(NAMES))}}}",
        "a generator": function("backward").partition("return (")[0]
        + f"return (each for each in ({', '.join(NAMES)}))",
        "double precision": function("backward")
        .replace("F.softmax(logits, 1)", "F.softmax(logits.double(), 1)")
        .replace("    # final", "    dLogits = dLogits.float()\n    # final"),
        "gradients in double precision": function("backward").partition("return (")[0]
        + f"return [each.double() for each in ({', '.join(NAMES)})]",
        "zeros for the bias that batch norm takes away": function("backward").replace(
            "dBiasesOfHiddenLayer = dStates.sum(0)", "dBiasesOfHiddenLayer = torch.zeros(dStates.shape[1])"
        ),
        "whatever is given": "def backward(**given):\n    return by_hand(*[given[name] for name in WANTED])\n\n\n"
        + function("backward").replace("def backward", "def by_hand")
        + f"\n\n\nWANTED = {[a.arg for a in ast.parse(function('backward')).body[0].args.args]}",
        "inputs changed in place": function("backward").replace(
            "dLogits = F.softmax(logits, 1)",
            "dLogits = logits.sub_(logits.max(1, keepdim=True).values).exp_()\n"
            "    dLogits /= dLogits.sum(1, keepdim=True)",
        ),
    },
    "update": {
        "in place": "def update(parameters, gradients, learning_rate):\n"
        "    for parameter, gradient in zip(parameters, gradients):\n        parameter -= learning_rate * gradient",
        "data": "def update(parameters, gradients, learning_rate):\n"
        "    for i in range(len(parameters)):\n        parameters[i].data += -learning_rate * gradients[i]\n"
        "    return parameters",
        "old gradients put away": "def update(parameters, gradients, learning_rate):\n"
        "    for p, g in zip(parameters, gradients):\n        if p.grad is not None:\n            p.grad.zero_()\n"
        "        p.data -= learning_rate * g\n    return parameters",
        "into the list": "def update(parameters, gradients, learning_rate):\n"
        "    for i in range(7):\n        parameters[i] = parameters[i] - learning_rate * gradients[i]",
        "without gradients": "@torch.no_grad()\ndef update(parameters, gradients, learning_rate):\n"
        "    return tuple(p.sub(g, alpha=learning_rate) for p, g in zip(parameters, gradients))",
        "a map": "def update(learning_rate, gradients, parameters):\n"
        "    return map(lambda p, g: p - learning_rate * g, parameters, gradients)",
        "double precision": "def update(parameters, gradients, learning_rate):\n"
        "    return [p.double() - learning_rate * g.double() for p, g in zip(parameters, gradients)]",
    },
    "calibrate": {
        "without the axis of length 1": function("calibrate").replace(", keepdim=True", ""),
        "a dictionary": function("calibrate").partition("return")[0]
        + "return {'calibratedVariance': states.var(0, keepdim=True), 'calibratedMean': states.mean(0, keepdim=True)}",
        "in pieces": "def calibrate(embeddingLookUpMatrix, weightsOfHiddenLayer, biasesOfHiddenLayer, trainingInputs):\n"
        "    parts = [embeddingLookUpMatrix[rows].flatten(1) @ weightsOfHiddenLayer + biasesOfHiddenLayer\n"
        "             for rows in trainingInputs.split(50)]\n"
        "    n = sum(len(part) for part in parts)\n    mean = sum(part.sum(0) for part in parts) / n\n"
        "    return mean, sum(((part - mean) ** 2).sum(0) for part in parts) / (n - 1)",
        "in numpy": "def calibrate(embeddingLookUpMatrix, weightsOfHiddenLayer, biasesOfHiddenLayer, trainingInputs):\n"
        "    rows = embeddingLookUpMatrix.numpy()[trainingInputs.numpy()].reshape(len(trainingInputs), -1)\n"
        "    states = rows @ weightsOfHiddenLayer.numpy() + biasesOfHiddenLayer.numpy()\n"
        "    return torch.from_numpy(states.mean(0, keepdims=True)), torch.from_numpy(states.var(0, keepdims=True, ddof=1))",
        "in double precision": function("calibrate")
        .replace("embedding @", "embedding.double() @")
        .replace("weightsOfHiddenLayer +", "weightsOfHiddenLayer.double() +"),
    },
    "split_loss": {
        "a plain number": function("split_loss") + ".item()",
        "of shape (1,)": function("split_loss") + ".view(1)",
        "in log space": function("split_loss").replace(
            "return F.cross_entropy(logits, splitOutputs)",
            "return -(logits - logits.logsumexp(1, keepdim=True))[torch.arange(len(logits)), splitOutputs].mean()",
        ),
        "by the root": function("split_loss").replace(
            "* (calibratedVariance + 1e-5) ** -0.5", "/ torch.sqrt(calibratedVariance + 1e-5)"
        ),
    },
    "sample": {
        "without the generator": function("sample").replace(", generator=generator", ""),
        "by the inverse of the distribution": function("sample").replace(
            "torch.multinomial(F.softmax(logits, 1), 1, generator=generator).item()",
            "int((F.softmax(logits[0], 0).cumsum(0) < torch.rand(1, generator=generator)).sum().clamp(max=len(vocabulary) - 1))",
        ),
        "by Gumbel noise": function("sample").replace(
            "torch.multinomial(F.softmax(logits, 1), 1, generator=generator).item()",
            "(logits - (-torch.rand(logits.shape, generator=generator).log()).log()).argmax().item()",
        ),
        "with Python's own random numbers": function("sample").replace(
            "torch.multinomial(F.softmax(logits, 1), 1, generator=generator).item()",
            "random.choices(range(len(vocabulary)), F.softmax(logits[0], 0).tolist())[0]",
        ),
    },
}


def test_the_variants_are_variants():
    for name, variants in RIGHT.items():
        texts = {ast.unparse(ast.parse(text)) for text in (function(name), *variants.values())}
        assert len(texts) == len(variants) + 1, name


@pytest.mark.parametrize("turn", range(max(map(len, RIGHT.values()))))
def test_right_answers_in_other_words_pass(graded, turn):
    """One variant of each function at a time; of those of which there are no more, none."""
    variants = {name: [*variants][turn] for name, variants in RIGHT.items() if turn < len(variants)}
    stages = graded("\n\n\n".join([HEAD, *(RIGHT[name][variant] for name, variant in variants.items())]))
    asked = [stage for stage in stages.values() if stage.name.partition(".")[0] in variants]
    assert {stage.verdict for stage in stages.values() if stage not in asked} <= {"missing"}
    assert {stage.name: (stage.verdict, stage.message) for stage in asked if not stage.passed} == {}
    assert {stage.integrity.status for stage in asked} == {"clean"}
    if "split_loss" in variants:
        assert not stages["split_loss"].warnings or variants["split_loss"] == "of shape (1,)"
    if "update" in variants:
        assert stages["update"].chained.verdict in ("exact", "approximate")


@pytest.mark.parametrize(("way", "asked"), [("as the reference", 1), ("by Gumbel noise", 2)])
def test_a_few_characters_that_the_reference_draws_are_enough(graded, monkeypatch, way, asked):
    draws = []
    monkeypatch.setattr(tasks, "Draw", lambda *orders: draws.append(Draw(*orders)) or draws[-1])
    text = {"as the reference": function("sample"), **RIGHT["sample"]}[way]
    assert graded(solution(sample=text))["sample"].passed
    few, many = (tasks.FEW, MANY_CHARACTERS), (MANY_CHARACTERS, MANY_CHARACTERS)
    assert [draw.enough for draw in draws] == [few, many][:asked]
    assert {draw.counts for draw in draws} == {(tasks.NAMES, tasks.SHOWN)}


def test_no_right_answer_comes_near_the_tolerance(graded):
    for text in (SOLUTION, solution(update=RIGHT["update"]["in place"], backward=RIGHT["backward"]["one-hot product"])):
        for stage in graded(text).values():
            if stage.name != "sample":
                assert all(probe.error <= 0.5 * probe.tolerance for probe in stage.probes), stage


@pytest.mark.slow
@pytest.mark.parametrize("start", range(0, 20, 5))
def test_whatever_the_seed_the_solution_passes(graded, assignment, start):
    for number in range(start, start + 5):
        examination = examine(assignment, select(assignment, "training"), seed=f"training {number}")
        stages = graded(SOLUTION, examination)
        assert {stage.name: stage.message for stage in stages.values() if not stage.passed} == {}
        for stage in stages.values():
            if stage.name != "sample":
                assert all(probe.error <= 0.5 * probe.tolerance for probe in stage.probes), (number, stage)


# Slips

WRONG = [
    ("update", "- learning_rate *", "+ learning_rate *", "factor", "uphill"),
    ("update", "learning_rate * gradient", "gradient", "factor", "leaves out the learning rate"),
    ("update", "learning_rate * gradient", "learning_rate * gradient / 32", "factor", "0.03125 times"),
    ("update", "return [parameter - learning_rate * gradient", "[parameter - learning_rate * gradient", "unchanged", "do not change"),
    ("update", "learning_rate * gradient", "learning_rate * gradient.sign()", None, "from step 1 on"),
    ("calibrate", "trainingInputs]", "inputBatch]", "last-batch", "last batch"),
    ("calibrate", "correction=1", "correction=0", "biased-variance", "n − 1"),
    ("calibrate", "states.var(0, keepdim=True, correction=1)", "states.std(0, keepdim=True)", "deviation", "square"),
    ("calibrate", "embedding @ weightsOfHiddenLayer + biasesOfHiddenLayer", "embedding", "from-embeddings", "linear"),
    ("split_loss", "splitInputs]", "inputBatch]", "last-batch", "last batch"),
    ("split_loss", "(states - calibratedMean)", "(embedding - calibratedMean)", "from-embeddings", "linear layer"),
    ("split_loss", "torch.tanh(batchGains * raw + batchBiases)", "torch.tanh(states)", "no-batch-norm", "left out"),
    ("split_loss", "raw = (states - calibratedMean)", "raw = (states - states.mean(0))", None, ""),
    ("split_loss", "** -0.5", "** -1", "no-root", "root"),
    ("split_loss", "splitOutputs)\n", "splitOutputs, reduction='sum')\n", "summed", "mean"),
    ("sample", "F.softmax(logits, 1)", "torch.ones_like(logits)", "uniform", "equally often"),
    ("sample", "F.softmax(logits, 1)", "F.softmax(logits * 2, 1)", "sharpened", "too often"),
    ("sample", "F.softmax(logits, 1)", "F.softmax(logits / 2, 1)", "flattened", "too rarely"),
    ("sample", "torch.multinomial(F.softmax(logits, 1), 1, generator=generator).item()",
     "(logits.argmax() if torch.rand((), generator=generator) < 0.9 else torch.randint(0, len(vocabulary), ())).item()", "greedy", "most likely"),
    ("sample", "[*context[1:], character]", "context", "context-stays", "never changes"),
    ("sample", "[*context[1:], character]", "[character, *context[:-1]]", "context-reversed", "backwards"),
    ("sample", "torch.tensor([context])", "torch.tensor([context[::-1]])", "context-reversed", "backwards"),
    ("sample", "batchGains * raw + batchBiases", "states", "no-batch-norm", "left out"),
    ("sample", "(states - calibratedMean) * (calibratedVariance + 1e-5) ** -0.5", "states", "not-normalised", "calibrated"),
    ("sample", "(states - calibratedMean) * (calibratedVariance + 1e-5) ** -0.5", "(states - calibratedMean)", None, "probabilities"),
    ("sample", "** -0.5", "** -1", None, "probabilities"),
    ("sample", "batchGains * raw", "raw", None, "probabilities"),
    ("sample", "embedding @ weightsOfHiddenLayer + biasesOfHiddenLayer", "embedding @ weightsOfHiddenLayer", None, "probabilities"),
    ("sample", "@ weightsOfFinalLayer + biasesOfFinalLayer", "@ weightsOfFinalLayer", "no-final-biases", "biases"),
    ("split_loss", "(calibratedVariance + 1e-5)", "calibratedVariance", None, ""),
    ("split_loss", "(calibratedVariance + 1e-5)", "(calibratedVariance + 1e-3)", None, ""),
    ("sample", 'while not name.endswith(".")', "while len(name) < 5", None, "does not end in '.'"),
    ("sample", "return name", "return name[:-1]", None, "does not end in '.'"),
    ("sample", "return name", "return name.upper()", None, "not in the vocabulary"),
    ("sample", "return name", "return name + name", None, "goes on after '.'"),
    ("sample", 'context, name = [0] * blockSize, ""', 'context, name = [0] * blockSize, ""\n'
     "    generator = torch.Generator().manual_seed(1)", None, "names are the same"),
    ("sample", "return name", "return list(name)", None, "as a string"),
    ("sample", "return name", "print(name)", None, "as a string"),
]  # fmt: skip


def test_what_cancels_is_right_though_a_slip_before_it_makes_all_of_it_larger(graded):
    right = "(1 - hiddenLayerPostActivationStates ** 2) *"
    stages = graded(solution(backward=function("backward").replace(right, f"1 / {right}")))
    assert not stages["backward.dWeightsOfHiddenLayer"].passed
    assert stages["backward.dBiasesOfHiddenLayer"].passed


TURNS = [
    [slip for slip in slips if slip]
    for slips in zip_longest(*([slip for slip in WRONG if slip[0] == name] for name in TASKS))
]
"""One slip of each function at a time."""


@pytest.mark.parametrize(
    "slips", TURNS, ids=[", ".join(f"{slip[0]}: {slip[2][:20]}" for slip in each) for each in TURNS]
)
def test_slips_are_caught_and_named_and_cost_no_other_stage(graded, slips):
    stages = graded(solution(**{name: slipped(name, old, new) for name, old, new, *_ in slips}))
    for name, _, _, code, said in slips:
        found = stages.pop(name)
        assert not found.passed and found.score == 0
        told = f"{found.message} {found.diagnosis.message if found.diagnosis else ''}"
        assert (found.diagnosis.code if found.diagnosis else None) == code, told
        assert said in told
    assert {stage.name: stage.message for stage in stages.values() if not stage.passed} == {}


def slipped(name, old, new):
    """A function with a slip, which may need one argument more."""
    text = function(name) + "\n"
    assert old in text
    more = f"def {name}(inputBatch, " if "inputBatch" in new else f"def {name}("
    return text.replace("(\n", "(", 1).replace(f"def {name}(", more, 1).replace(old, new)


# The published notebook's own two slips, as it would have them


def test_calibration_on_the_last_batch_and_a_split_loss_from_the_embeddings_are_named(graded):
    calibrate = "def calibrate(hiddenLayerPreBatchNormStates):\n    states = hiddenLayerPreBatchNormStates\n    return states.mean(0, keepdim=True), states.var(0, keepdim=True)"
    split_loss = function("split_loss").replace("(states - calibratedMean)", "(embedding - calibratedMean)")
    stages = graded(solution(calibrate=calibrate, split_loss=split_loss))
    assert stages["calibrate"].diagnosis.code == "last-batch" and stages["calibrate"].verdict == "wrong"
    assert stages["split_loss"].diagnosis.code == "from-embeddings"


# One slip costs one stage


def test_a_wrong_gradient_costs_itself_alone_and_the_run_shows_where_it_departs(graded):
    stages = graded(
        solution(backward=function("backward").replace("dBatchBiases = dStates.sum(0", "dBatchBiases = dStates.mean(0"))
    )
    failed = {name for name, stage in stages.items() if not stage.passed}
    assert "backward.dBatchBiases" in failed and failed <= {name for name in stages if name.startswith("backward.")}
    update = stages["update"]
    assert update.passed and update.chained.verdict == "wrong" and "own gradients" in update.message
    assert update.curve.departed.step == 1 and "batchBiases" in update.curve.departed.parameters
    assert "weightsOfFinalLayer" not in update.curve.departed.parameters
    assert len(update.curve.own) == len(update.curve.reference) == 50


def test_a_gradient_that_goes_wrong_after_a_while_departs_there(graded):
    late = f"CALLS = []\n\n\n{function('backward')}".replace(
        "    # cross entropy\n", "    CALLS.append(1)\n    slip = 0.5 if len(CALLS) > 30 else 1\n"
    ).replace(
        "dBatchBiases = dStates.sum(0, keepdim=True)",
        "dBatchBiases = dStates.sum(0, keepdim=True)\n    dBatchGains = dBatchGains",
        1,
    )
    late = late.replace("        dBiasesOfFinalLayer, dBatchGains", "        slip * dBiasesOfFinalLayer, dBatchGains")
    update = graded(solution(backward=late))["update"]
    assert update.passed and update.chained.verdict == "wrong"
    assert 20 < update.curve.departed.step <= 40 and "biasesOfFinalLayer" in update.curve.departed.parameters


def test_functions_are_judged_without_the_others(graded):
    for name in TASKS:
        stages = graded(HEAD + function(name))
        assert stages.pop(name).passed
        assert {stage.verdict for stage in stages.values()} == {"missing"}


def test_a_run_that_fails_on_the_way_tells_of_the_steps_before(graded):
    text = "CALLS = []\n\n\n" + function("update").replace(
        "    return", "    CALLS.append(1)\n    assert len(CALLS) < 31, 'thirty'\n    return"
    )
    update = graded(solution(update=text))["update"]
    assert update.verdict == "error" and "thirty" in update.message and update.error.traceback
    assert len([loss for loss in update.curve.own if loss is not None]) < 20


@pytest.mark.parametrize(
    ("returned", "said"),
    [
        ("None", "Did you forget the `return` line?"),
        ("logits", "one tensor"),
        ("[logits]", "1 things"),
        ("[logits] * 8", "too many things"),
        ("{'dC': logits}", "without 'dEmbeddingLookUpMatrix'"),
        ("3", "an int"),
        ("'seven'", "a str"),
    ],
)
def test_what_is_not_seven_gradients_is_told_once_for_all(graded, returned, said):
    stages = graded(HEAD + f"def backward(logits):\n    return {returned}")
    found = [stage for name, stage in stages.items() if name.startswith("backward.")]
    assert len(found) == 7 and all(stage.verdict == "error" and said in stage.message for stage in found)
    assert stages["update"].verdict == "missing"


def test_one_wrong_thing_among_seven_costs_one(graded):
    text = function("backward").replace("dBiasesOfFinalLayer, dBatchGains", "None, dBatchGains")
    stages = graded(HEAD + text)
    assert {name for name, s in stages.items() if s.verdict == "error"} == {"backward.dBiasesOfFinalLayer"}


@pytest.mark.parametrize(
    ("returned", "said"),
    [
        ("parameters[:3]", "3 things"),
        ("parameters[0]", "one tensor"),
        ("parameters[::-1]", "the shape is"),
        ("7", "an int"),
    ],
)
def test_an_update_that_returns_something_else_is_told_what_is_wanted(graded, returned, said):
    update = graded(HEAD + f"def update(parameters, gradients, learning_rate):\n    return {returned}")["update"]
    assert update.verdict == "error" and said in update.message


def test_an_argument_there_is_not_is_told_with_a_guess(graded):
    stages = graded(HEAD + "def update(parameters, gradients, learningRate):\n    pass")
    assert "Did you mean learning_rate?" in stages["update"].message


# Beside flat exercises


def test_functions_of_the_last_exercise_are_found_in_a_flat_hand_in(graded, sandbox, assignment):
    flat = "loss.backward()\ndProbabilities = dLogProbabilities / probabilities\nsample_names = [1, 2]\n"
    submission = submission_of(HEAD + flat + SOLUTION.partition("\n\n\n")[2])
    wanted = select(assignment, "training") | {"dProbabilities"}
    examination = examine(assignment, wanted, seed="tests")
    result = grade_submission(submission, examination, sandbox).result
    assert {stage.name: stage.message for stage in result.stages if not stage.passed} == {}
    assert result.submission.style == "flat" and result.submission.problems == []


# The loop


def test_the_loop_is_plain_gradient_descent():
    """Against a fit by hand: one weight, one datum, two learning rates."""
    plan = Plan("loss = ((w * x - y) ** 2).mean()", ("w",), ("x", "y"), 1, 4, (0.1, 0.01), 0, {})
    from grader.assignment.dataset import Rows

    rows = Rows(torch.tensor([[2.0]]), torch.tensor([[1.0]]))
    loop = train(plan, rows, [torch.tensor(1.0)])
    w, losses = 1.0, []
    for rate in (0.1, 0.1, 0.01, 0.01):
        losses.append((2 * w - 1) ** 2)
        w -= rate * 4 * (2 * w - 1)
    assert loop.losses == pytest.approx(losses, rel=1e-4) and float(loop.parameters[0].detach()) == pytest.approx(
        w, rel=1e-4
    )


def test_the_run_of_the_course_goes_down(trials):
    run = trials.run
    assert run.plan.steps == 50 and [run.plan.learning_rate(step) for step in (0, 24, 25, 49)] == [
        0.1,
        0.1,
        0.01,
        0.01,
    ]
    assert sum(run.losses[-20:]) < sum(run.losses[:20]) - 3
    assert all(expectation.tolerance < 1e-2 for expectation in run.final.values())
    random.seed(0)
