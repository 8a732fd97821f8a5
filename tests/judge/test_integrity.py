"""`forbidden`: a value that came out of autograd. `review`: what a person should look at. Everything else is clean."""

import gc
import re

import pytest
import torch

from grader.border import Answer, Fault, Observed, Reading, Trained
from grader.judge.integrity import integrity, of_run
from grader.sandbox.theirs.observe import unlogged
from helpers.submissions import submission_of

PRELUDE = "import math, torch\nimport torch.nn.functional as F\n"
NEEDED = "counts, sumCountsInverse, dSumCounts, dProbabilities"
BY_HAND = "sumCountsInverse * dProbabilities + torch.ones_like(counts) * dSumCounts"
FORWARD = "(c.sum(1, keepdim=True) * dSumCounts).sum() + (c * sumCountsInverse * dProbabilities).sum()"

TRICKS = {
    "backward": f"c = counts.clone().requires_grad_()\n({FORWARD}).backward()\nreturn c.grad",
    "backward, copied": f"c = counts.clone().requires_grad_()\n({FORWARD}).backward()\nreturn c.grad * 1 + 0",
    "autograd.grad": f"c = counts.clone().requires_grad_()\nreturn torch.autograd.grad({FORWARD}, c)[0]",
    "autograd.backward": (
        "c = counts.clone().requires_grad_()\n"
        "torch.autograd.backward([c.sum(1, keepdim=True), c * sumCountsInverse], [dSumCounts, dProbabilities])\n"
        "return c.grad"
    ),
    "functional.vjp": f"return torch.autograd.functional.vjp(lambda c: {FORWARD}, counts)[1]",
    "functional.jacobian": f"return torch.autograd.functional.jacobian(lambda c: {FORWARD}, counts)",
    "func.grad": f"return torch.func.grad(lambda c: {FORWARD})(counts)",
    "func.vjp": f"out, pull = torch.func.vjp(lambda c: {FORWARD}, counts)\nreturn pull(torch.ones(()))[0]",
    "func.jacrev": f"return torch.func.jacrev(lambda c: {FORWARD})(counts)",
    "func.jacfwd": f"return torch.func.jacfwd(lambda c: {FORWARD})(counts)",
    "the engine": (
        f"c = counts.clone().requires_grad_()\nout = {FORWARD}\n"
        "torch.autograd.Variable._execution_engine.run_backward("
        "(out,), (torch.ones(()),), False, False, (), allow_unreachable=True, accumulate_grad=True)\nreturn c.grad"
    ),
    "a hook": (
        f"c = counts.clone().requires_grad_()\nseen = []\nc.register_hook(seen.append)\n({FORWARD}).backward()\n"
        "return seen[0]"
    ),
    "an attribute spelled in pieces": (
        f"c = counts.clone()\ngetattr(c, 'requires_' + 'grad_')()\ngetattr({FORWARD}, 'back' + 'ward')()\n"
        "return getattr(c, 'gr' + 'ad')"
    ),
    "a custom Function": (
        "class Copy(torch.autograd.Function):\n"
        "    @staticmethod\n    def forward(ctx, x): return x.clone()\n"
        "    @staticmethod\n    def backward(ctx, g): return g.clone()\n"
        f"c = counts.clone().requires_grad_()\nc2 = c\nc = Copy.apply(c2)\n({FORWARD}).backward()\nreturn c2.grad"
    ),
    "a view of the gradient": f"c = counts.clone().requires_grad_()\n({FORWARD}).backward()\nreturn c.grad.T.T",
    "a subclass that speaks for itself": (
        "class Liar(torch.Tensor):\n    @classmethod\n"
        "    def __torch_function__(cls, function, types, arguments=(), keywords=None): return 0\n"
        f"c = counts.clone().requires_grad_()\n({FORWARD}).backward()\nreturn c.grad.as_subclass(Liar)"
    ),
    "an optimizer's step": (
        f"c = counts.clone().requires_grad_()\n({FORWARD}).backward()\n"
        "before = c.detach().clone()\ntorch.optim.SGD([c], lr=1.0).step()\nreturn c.grad.clone()"
    ),
}


def stage(body: str, name: str = "dCounts", needed: str = NEEDED) -> str:
    return f"{PRELUDE}\ndef {name}({needed}):\n    " + body.replace("\n", "\n    ") + "\n"


@pytest.mark.parametrize("trick", TRICKS)
def test_a_value_out_of_autograd_is_forbidden_and_costs_only_its_stage(trick, grade_text):
    honest = "\ndef dSumCounts(sumCounts, dSumCountsInverse):\n    return -(sumCounts ** -2) * dSumCountsInverse\n"
    stages = grade_text(stage(TRICKS[trick]) + honest)
    found = stages["dCounts"]
    assert found.score == 0
    if found.verdict != "error":  # torch.func and torch.optim want to write to a disk, which a confined process has not
        assert (found.verdict, found.integrity.status) == ("forbidden", "forbidden") and found.integrity.lines
    assert found.verdict == "forbidden" or trick.startswith(("func.", "an optimizer"))
    assert stages["dSumCounts"].score == 1 and stages["dSumCounts"].integrity.status in ("clean", "review")


def test_a_node_of_the_graph_called_by_hand_is_forbidden(grade_text):
    body = "x = normalizedLogits.clone().requires_grad_()\nreturn x.exp().grad_fn(dCounts)"
    found = grade_text(stage(body, "dNormalizedLogits", "normalizedLogits, dCounts"))["dNormalizedLogits"]
    assert found.verdict == "forbidden"


def test_a_node_that_another_node_leads_to_is_forbidden_as_well(grade_text):
    body = (
        "x = normalizedLogits.clone().requires_grad_()\n((node, _), *_) = (x.exp() * 1).grad_fn.next_functions\n"
        "return node(dCounts)"
    )
    found = grade_text(stage(body, "dNormalizedLogits", "normalizedLogits, dCounts"))["dNormalizedLogits"]
    assert found.verdict == "forbidden"


@pytest.mark.parametrize("rule", ["c.detach() * 0 + ", "c * 0 + ", ""])
def test_a_node_that_is_only_looked_at_accuses_nobody(rule, grade_text):
    body = (
        "c = counts.clone().requires_grad_()\nloss = (c * sumCountsInverse).sum()\n"
        f"print(loss.grad_fn, loss.grad_fn.next_functions, loss.grad_fn.name())\nreturn {rule}{BY_HAND}"
    )
    found = grade_text(stage(body))["dCounts"]
    assert (found.score, found.integrity.status) == (1, "review")


def test_a_ready_made_backward_kernel_is_forbidden(grade_text):
    body = "return torch.ops.aten.tanh_backward(dHiddenLayerPostActivationStates, hiddenLayerPostActivationStates)"
    name = "dHiddenLayerPreActivationStates"
    found = grade_text(stage(body, name, "hiddenLayerPostActivationStates, dHiddenLayerPostActivationStates"))[name]
    assert found.verdict == "forbidden"


@pytest.mark.parametrize(
    "check",
    [
        f"c = counts.clone().requires_grad_()\n({FORWARD}).backward()\nprint(torch.allclose(c.grad, mine))",
        f"c = counts.clone().requires_grad_()\ng = torch.autograd.grad({FORWARD}, c)[0]\nprint((mine - g).abs().max())",
    ],
)
@pytest.mark.parametrize("before", [True, False])
def test_a_self_check_beside_ones_own_value_costs_nothing(check, before, grade_text):
    mine = f"mine = {BY_HAND}"
    body = f"{mine}\n{check}\nreturn mine" if before else f"{mine}\n{check}\n{mine}\nreturn mine"
    found = grade_text(stage(body))["dCounts"]
    assert found.score == 1 and found.integrity.status in ("clean", "review")


def test_what_is_kept_where_autograd_has_run_is_not_there_for_the_next_stage(grade_text):
    keeping = "KEPT = {}\n\n\ndef dSumCounts(sumCounts, dSumCountsInverse):\n    KEPT['here'] = True\n"
    beside = "    torch.ones(1, requires_grad=True).sum().backward()\n"
    value = "    return -(sumCounts ** -2) * dSumCountsInverse\n"
    next_one = "\n\ndef dCounts(counts, sumCountsInverse, dSumCounts, dProbabilities):\n"
    count = f"{next_one}    return len(KEPT) * ({BY_HAND})\n"
    for text, status, verdict in ((value, "clean", "exact"), (beside + value, "review", "wrong")):
        found = grade_text(PRELUDE + keeping + text + count)
        assert (found["dSumCounts"].verdict, found["dSumCounts"].integrity.status) == ("exact", status)
        assert (found["dCounts"].verdict, found["dCounts"].integrity.status) == (verdict, "clean")


def test_nothing_is_collected_where_nothing_is_logged():
    with unlogged():
        assert not gc.isenabled()
    assert gc.isenabled()


def test_compare_gradients_in_a_hand_in_is_nothing_at_all(grade_text):
    body = f"mine = {BY_HAND}\ncompare_gradients('dCounts', mine, counts)\nreturn mine"
    found = grade_text("from grader import compare_gradients\n" + stage(body))["dCounts"]
    assert (found.score, found.integrity.status) == (1, "clean")


@pytest.mark.parametrize(
    "body",
    [
        f"return eval('{BY_HAND}')",
        f"import sys\nprint(len(sys.modules))\nreturn {BY_HAND}",
        f"x = counts.__class__\nreturn {BY_HAND}",
        f"global kept\nkept = globals()\nreturn {BY_HAND}",
    ],
)
def test_what_goes_beyond_tensor_maths_is_for_review_and_not_punished(body, grade_text):
    found = grade_text(stage(body))["dCounts"]
    assert (found.score, found.integrity.status) == (1, "review")
    assert found.integrity.lines


def test_libraries_that_a_stage_does_not_use_are_not_held_against_it(grade_text):
    text = f"import os, sys\nimport pandas_is_not_here\n{stage(f'return {BY_HAND}')}"
    assert grade_text(text)["dCounts"].integrity.status == "clean"


def test_what_a_helper_does_is(grade_text):
    text = f"def helper(x):\n    return eval('x')\n{stage(f'return helper({BY_HAND})')}"
    assert grade_text(text)["dCounts"].integrity.lines == [2]


def test_the_operations_of_a_stage_are_listed(grade_text):
    assert grade_text(stage(f"return {BY_HAND}"))["dCounts"].operations == {
        "aten.mul": 2,
        "aten.ones_like": 1,
        "aten.add": 1,
    }


def test_review_is_not_shown_to_students(examination, sandbox, assignment):
    from io import StringIO

    from rich.console import Console

    from grader.report.page import render
    from grader.report.terminal import show
    from grader.run.grade import grade_submission

    text = stage(f"return eval('{BY_HAND}')")
    submission = submission_of(text)
    graded = grade_submission(submission, examination, sandbox)
    out = StringIO()
    show(graded.result, Console(file=out, width=150))
    page = render(graded.result, assignment, {"answers.py": text}, graded.error_maps)
    assert not re.search("review|beyond tensor maths", out.getvalue() + page)


# The two witnesses by themselves, without a process


VALUE = torch.ones(2)
HONEST = Answer(VALUE, observed=Observed({"aten.mul": 1}))
BESIDE = Answer(VALUE, observed=Observed({"aten.mul": 1}, differentiated=True))
FROM_AUTOGRAD = Answer(VALUE, observed=Observed({"aten.mul": 1}, differentiated=True, from_autograd=True))
IMAGINARY = Answer(VALUE, observed=Observed({"aten.mul": 1}, imaginary=True))
EMPTY = Answer(VALUE, observed=Observed())
SOFTMAX = Answer(VALUE, observed=Observed({"aten._softmax": 1}))
NO_LOG = Answer(VALUE)
NO_VALUE = Answer(fault=Fault("error", "ValueError", "no"))
PLAIN = Reading()
WORDS = Reading(autograd=(3,))
BEYOND = Reading(outside=((5, "open"), (4, "eval"), (7, "open")))
WITNESSES = {
    "a log and a source with nothing in them": ([HONEST, HONEST], PLAIN, "clean", []),
    "a value from autograd, on one probe of two": ([HONEST, FROM_AUTOGRAD], WORDS, "forbidden", [3]),
    "a value from autograd, and a source that cannot be read": ([FROM_AUTOGRAD], None, "forbidden", []),
    "autograd beside the value": ([HONEST, BESIDE], PLAIN, "review", []),
    "complex numbers": ([HONEST, IMAGINARY], PLAIN, "review", []),
    "as many operations as there must be": ([HONEST], Reading(least=1), "clean", []),
    "fewer operations than there must be": ([HONEST, HONEST], Reading(least=2), "review", []),
    "an empty log on one probe": ([HONEST, EMPTY], Reading(least=1), "review", []),
    "an empty log of code that need not run anything": ([EMPTY], PLAIN, "clean", []),
    "fewer, and a fault": ([NO_VALUE], Reading(least=2), "not-checked", []),
    "an operation that the code has no word for": ([SOFTMAX], Reading(unnamed=("linalg", "softmax")), "review", []),
    "an operation that it has a word for": ([SOFTMAX], Reading(unnamed=("linalg",)), "clean", []),
    "an answer without a log": ([HONEST, NO_LOG], PLAIN, "review", []),
    "words of autograd that were not run": ([HONEST], WORDS, "review", [3]),
    "words beyond tensor maths": ([HONEST], BEYOND, "review", [4, 5, 7]),
    "gradients that are not used": ([HONEST], Reading(unused=(9,)), "review", [9]),
    "a source that cannot be read": ([HONEST], None, "review", []),
    "no value at all": ([NO_VALUE], BEYOND, "not-checked", []),
    "a value on one probe, a fault on the other": ([HONEST, NO_VALUE], PLAIN, "clean", []),
}


@pytest.mark.parametrize("case", WITNESSES)
def test_log_and_source_together_decide(case):
    answers, reading, status, lines = WITNESSES[case]
    found = integrity(answers, reading)
    assert (found.status, found.lines) == (status, lines)


def test_where_a_number_is_given_that_is_no_size_nothing_is_counted():
    assert integrity([EMPTY], Reading(least=1), tensors=False).status == "clean"


def test_it_says_what_of_log_and_source_does_not_agree():
    assert integrity([EMPTY], Reading(least=2)).message.startswith("The log has no operation, but the code cannot run")
    assert integrity([SOFTMAX], Reading(unnamed=("softmax",))).message.endswith("no word for: aten._softmax.")


def test_complex_numbers_are_nothing_where_the_forward_pass_has_some():
    assert integrity([IMAGINARY], PLAIN, real=False).status == "clean"


def run_of(*observed, fault=None):
    reports = [Trained(step, observed=each) for step, each in enumerate(observed, start=1)]
    return [*reports, Trained(len(reports), fault=fault)] if fault else reports


LOGGED = Observed()
RUNS = {
    "a log with nothing in it": (run_of(LOGGED, LOGGED), PLAIN, "clean"),
    "no run at all": ([], PLAIN, "clean"),
    "a run that stops": (run_of(LOGGED, fault=Fault("error", "ValueError", "no")), PLAIN, "clean"),
    "autograd in the update": (run_of(LOGGED, Observed(differentiated=True)), PLAIN, "review"),
    "gradients from autograd": (run_of(LOGGED, Observed(from_autograd=True)), PLAIN, "review"),
    "no log": (run_of(None), PLAIN, "review"),
    "words of autograd, as loops have them": (run_of(LOGGED), WORDS, "clean"),
    "words beyond tensor maths": (run_of(LOGGED), BEYOND, "review"),
}


@pytest.mark.parametrize("case", RUNS)
def test_a_training_run_has_a_log_as_well(case):
    trained, reading, status = RUNS[case]
    assert of_run(trained, reading).status == status


def test_a_name_beyond_tensor_maths_is_told_once():
    assert integrity([HONEST], BEYOND).message == "The code goes beyond tensor maths: open, eval."


def test_of_very_many_names_and_lines_as_many_are_told_as_anybody_reads():
    found = integrity([HONEST], Reading(outside=tuple((line, f"name{line}") for line in range(1, 40_000))))
    assert found.message.endswith("name19, name20 and 39979 more.") and len(found.lines) == 200
