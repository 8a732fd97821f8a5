"""The assignment `modules`: NumPy, classes with state, call scripts; values of the forward pass are stages too."""

import pytest

from grader.assignment import load_assignment
from grader.assignment.authoring.notebook import notebook_text
from grader.assignment.authoring.stubs import stub_texts
from grader.border import Source
from grader.judge.why.local import Local
from grader.run.exam import examine
from grader.run.grade import grade_submission
from grader.run.request import make_request, select
from grader.submission import Submission
from helpers.places import ROOT
from helpers.submissions import without_search

FOLDER = ROOT / "exercises" / "modules"
SOLUTIONS = ROOT / "solutions" / "modules"
ALTERNATIVES = sorted((ROOT / "tests" / "alternatives" / "modules").glob("*.py"))
TOTAL = 53
STATISTICS = "dnormalised - dnormalised.mean(axis=0) - along"
ALONG = "(dnormalised * self.normalised).mean(axis=0)"
SLIPS = {
    "ex1_linear": [
        ("self.dweight +=", "self.dweight =", {"dweight": "overwritten"}),
        ("self.dbias +=", "self.dbias =", {"dbias": "overwritten"}),
        ("dout.sum(axis=0)", "dout.mean(axis=0)", {"dbias": "mean-for-sum"}),
        ("self.x.T @ dout", "self.x.T @ dout / len(dout)", {"dweight": "mean-for-sum"}),
        ("return x @ self.weight + self.bias", "return x @ self.weight", {"out": ""}),
    ],
    "ex2_activations": [
        ("return dout * self.positive", "return dout", {"dx_relu": "relu-forgotten"}),
        ("return dout * self.positive", "return dout * ~self.positive", {"dx_relu": "gate-of-value"}),
        ("return dout * self.positive", "return dout * (dout > 0)", {"dx_relu": ""}),
        ("self.out * (1 - self.out)", "(1 - self.out)", {"dx_sigmoid": "value-forgotten"}),
        ("dout * self.out * (1 - self.out)", "dout * self.out", {"dx_sigmoid": "complement-forgotten"}),
        ("dout * self.out * (1 - self.out)", "dout", {"dx_sigmoid": "sigmoid-forgotten"}),
        ("1 - self.out**2", "1 - self.out", {"dx_tanh": "tanh-not-squared"}),
        ("dout * (1 - self.out**2)", "dout * self.out * (1 - self.out)", {"dx_tanh": "tanh-as-sigmoid"}),
        (" * (1 + 3 * 0.044715 * self.x**2)", "", {"dx_gelu": "cubic-forgotten"}),
        ("3 * 0.044715 * self.x**2", "0.044715 * self.x**2", {"dx_gelu": "cubic-without-three"}),
        (" + self.x * dgate", "", {"dx_gelu": "gate-constant"}),
        ("((1 + self.tanh) / 2 + self.x * dgate)", "(self.x * dgate)", {"dx_gelu": "gate-alone"}),
        ("(1 - self.tanh**2) / 2", "(1 - self.tanh**2)", {"dx_gelu": "half-forgotten"}),
    ],
    "ex3_batch_norm": [
        (STATISTICS, "dnormalised", {"dsample": "statistics-constant"}),
        (STATISTICS, "dnormalised - along", {"dsample": "mean-constant"}),
        (STATISTICS, "dnormalised - dnormalised.mean(axis=0)", {"dsample": "variance-constant"}),
        (
            "dnormalised = dout * self.gain",
            "dnormalised = dout",
            {"dsample": "gain-forgotten", "dunseen": "gain-forgotten"},
        ),
        ("self.dgain +=", "self.dgain =", {"dgain": "overwritten"}),
        ("self.dshift += dout.sum", "self.dshift += dout.mean", {"dshift": "mean-for-sum"}),
        ("x.var(axis=0, ddof=1)", "x.var(axis=0)", {"running_variance": "biased-running-variance"}),
        (
            "kept = 1 - self.momentum\n",
            "kept, self.momentum = self.momentum, 1 - self.momentum\n",
            {"running_mean": "shares-swapped", "running_variance": "shares-swapped"},
        ),
        (
            "np.sqrt(variance + self.epsilon)",
            "np.sqrt(variance)",
            {name: "epsilon-forgotten" for name in ("settled", "out", "dunseen", "dsample", "dgain")},
        ),
        (
            "np.sqrt(variance + self.epsilon)",
            "np.sqrt(variance) + self.epsilon",
            {name: "epsilon-outside" for name in ("settled", "out", "dunseen", "dgain")} | {"dsample": ""},
        ),
        (
            "if self.training:",
            "if True:",
            {
                "settled": "batch-in-evaluation",
                "running_mean": "averages-moved-in-evaluation",
                "running_variance": "averages-moved-in-evaluation",
                "dunseen": "",
                "dgain": "forward-first",
            },
        ),
    ],
    "ex4_embedding": [
        ("np.add.at(self.dtable, self.tokens, dout)", "self.dtable[self.tokens] += dout", {"dtable": ""}),
        (
            "np.add.at(self.dtable, self.tokens, dout)",
            "new = np.zeros_like(self.dtable)\n        new[self.tokens] += dout\n        self.dtable += new",
            {"dtable": "repeats-lost"},
        ),
        (
            "np.add.at(self.dtable, self.tokens, dout)",
            "self.dtable = np.zeros_like(self.dtable)\n        np.add.at(self.dtable, self.tokens, dout)",
            {"dtable": "overwritten"},
        ),
    ],
    "ex5_losses": [
        ("return dscores / len(dscores)", "return dscores", {"dscores": "mean-forgotten"}),
        ("return dscores / len(dscores)", "return dscores / len(dscores) ** 2", {"dscores": "mean-twice"}),
        ("        dscores[self.right] -= 1\n", "", {"dscores": "one-forgotten"}),
        ("log_probabilities[self.right].mean()", "log_probabilities[self.right].sum()", {"surprise": "mean-forgotten"}),
        ("2 * self.difference / self.difference.size", "2 * self.difference", {"dguess": "mean-forgotten"}),
        (
            "2 * self.difference / self.difference.size",
            "self.difference / self.difference.size",
            {"dguess": "square-forgotten"},
        ),
        (
            "self.difference / self.difference.size",
            "self.difference / len(self.difference)",
            {"dguess": "mean-over-rows"},
        ),
        ("(self.difference**2).mean()", "(self.difference**2).sum(axis=1).mean()", {"distance": "mean-over-rows"}),
    ],
    "ex6_recurrent": [
        ("self.dweight_h +=", "self.dweight_h =", {"dweight_h": "overwritten"}),
        ("self.dbias += dsum.sum", "self.dbias += dsum.mean", {"dbias_h": "mean-for-sum"}),
        ("state.T @ dsum", "new.T @ dsum", {"dweight_h": "state-after-for-before"}),
        (
            "dnew * (1 - new**2)",
            "dnew * (1 - new)",
            dict.fromkeys(("dsequence", "dstart", "dweight_x", "dweight_h", "dbias_h"), "tanh-not-squared"),
        ),
        (
            "dsum @ self.weight_h.T",
            "np.zeros_like(state)",
            dict.fromkeys(("dsequence", "dweight_x", "dweight_h", "dbias_h"), "no-way-through-time")
            | {"dstart": "zeros"},
        ),
        (
            "self.memory.pop()",
            "self.memory[-1]",
            dict.fromkeys(("dsequence", "dstart", "dweight_x", "dweight_h", "dbias_h"), ""),
        ),
    ],
    "ex7_sequential": [
        (
            "in reversed(self.layers)",
            "in self.layers[::-2]",
            {"dx": "tanh-skipped", "dfirst_weight": "tanh-skipped", "dfirst_bias": "tanh-skipped"},
        ),
    ],
    "ex8_sgd": [
        (
            "self.decay = decay",
            "self.momentum, self.decay = decay, momentum",
            dict.fromkeys(("velocity_1", "weight_1", "velocity_2", "weight_2", "bias_2"), "momentum-and-decay-swapped"),
        ),
        (
            "gradient + self.decay * self.parameters[place]",
            "gradient",
            dict.fromkeys(("velocity_1", "weight_1", "velocity_2", "weight_2", "bias_2"), "decay-forgotten"),
        ),
        (
            "self.momentum * self.velocities[place] + push",
            "push",
            dict.fromkeys(("velocity_2", "weight_2", "bias_2"), "momentum-forgotten"),
        ),
        (
            "self.momentum * self.velocities[place] + push",
            "self.momentum * self.velocities[place] + (1 - self.momentum) * push",
            dict.fromkeys(("velocity_1", "weight_1", "velocity_2", "weight_2", "bias_2"), "momentum-as-average"),
        ),
        (
            "self.parameters[place] - self.rate",
            "self.parameters[place] + self.rate",
            dict.fromkeys(("weight_1", "velocity_2", "weight_2", "bias_2"), "uphill"),
        ),
    ],
}
"""By the file of the solution: what is written in place of what, and the stages that get wrong, each with its slip."""


@pytest.fixture(scope="module")
def modules():
    return load_assignment("modules")


@pytest.fixture(scope="module")
def examination(modules):
    return examine(modules, frozenset(modules.stage_names), seed="tests")


@pytest.fixture(scope="module")
def graded(modules, sandbox):
    """Grade one exercise of a text, with what is known of slips: none is looked for in the lines."""
    only = {e.name: examine(modules, select(modules, e.name), seed="tests") for e in modules.exercises}

    def grade(text, exercise):
        submission = Submission("student", FOLDER, (Source("answers.py", text),), (), {})
        with without_search():
            result = grade_submission(submission, only[exercise], sandbox).result
        return {stage.name.partition(".")[2]: stage for stage in result.stages}

    return grade


def solution(name):
    return (SOLUTIONS / f"{name}.py").read_text(encoding="utf-8")


def test_the_solutions_pass_and_are_recognised(examination, sandbox):
    request = make_request(SOLUTIONS)
    assert request.assignment.name == "modules"
    result = grade_submission(request.submission, examination, sandbox).result
    assert (result.score, result.max_score) == (TOTAL, TOTAL)
    assert {stage.integrity.status for stage in result.stages} == {"clean"}
    assert not any(stage.warnings for stage in result.stages)


def test_stubs_and_notebook_are_those_the_sources_give(modules):
    made = stub_texts(modules) | {"modules.ipynb": notebook_text(modules)}
    for name, text in made.items():
        assert (FOLDER / name).read_text(encoding="utf-8") == text, f"{name} is out of date: make stubs"


def test_every_stub_is_missing(examination, sandbox):
    result = grade_submission(make_request(FOLDER).submission, examination, sandbox).result
    assert {stage.verdict for stage in result.stages} == {"missing"}


@pytest.mark.parametrize("path", ALTERNATIVES, ids=lambda path: path.stem)
def test_other_ways_to_write_the_same_pass(path, examination, sandbox):
    submission = Submission("student", FOLDER, (Source(path.name, path.read_text(encoding="utf-8")),), (), {})
    result = grade_submission(submission, examination, sandbox).result
    assert result.score == TOTAL, [(stage.name, stage.message) for stage in result.stages if not stage.passed]
    assert {stage.integrity.status for stage in result.stages} == {"clean"}


@pytest.mark.parametrize("name", sorted(SLIPS))
def test_slips_are_caught_and_told_by_name(name, modules, graded):
    """Of each stage that gets wrong, and of no other; an empty name where it is wrong in a way of its own."""
    exercise = next(each.name for each in modules.exercises if each.stub == f"{name}.py")
    others = [solution(each) for each in ("ex1_linear", "ex2_activations", "ex5_losses") if exercise == "sequential"]
    for old, new, told in SLIPS[name]:
        assert old in solution(name), old
        judged = graded("\n".join([*others, solution(name).replace(old, new, 1)]), exercise)
        wrong = {
            stage: each.diagnosis.code if each.diagnosis else "" for stage, each in judged.items() if not each.passed
        }
        assert wrong.keys() == told.keys(), (new, wrong)
        assert {stage: code for stage, code in wrong.items() if told[stage]} == {s: c for s, c in told.items() if c}, (
            new
        )


def test_a_wrong_layer_is_wrong_in_the_network_too_but_its_loss_is_not(graded):
    layer = solution("ex1_linear").replace("return dout @ self.weight.T", "return dout @ self.weight.T * 2")
    judged = graded(
        "\n".join([layer, *map(solution, ("ex2_activations", "ex5_losses", "ex7_sequential"))]), "sequential"
    )
    passed = {name for name, stage in judged.items() if stage.passed}
    assert passed == {"logits", "loss", "dlogits", "dlast_weight", "dlast_bias"}


def test_every_known_slip_gives_another_answer_somewhere(modules, examination):
    for exercise in modules.exercises:
        for slip in exercise.slips:
            assert any(
                _differs(Local(s, p), slip) for p in examination.probes[exercise.name] for s in exercise.stages
            ), slip


def _differs(local, slip):
    value = local.with_slip(slip)
    expected = local.probe.expected[local.stage.name]
    assert value is not None, slip.code
    return expected.error(value) > expected.tolerance
