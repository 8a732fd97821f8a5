"""The mistakes students make: each gets its verdict and a sentence that helps, and the other stages are graded."""

import os
import random
from pathlib import Path

import pytest
import torch

from grader.errors import NothingToGrade
from grader.report.json import to_json
from grader.run.request import make_request
from grader.submission import read_submission
from helpers.places import SOLUTIONS

ARGUMENTS = "counts, sumCountsInverse, dProbabilities, dSumCounts"
RIGHT = "sumCountsInverse * dProbabilities + dSumCounts"


def function(*body: str, arguments: str = ARGUMENTS) -> str:
    """A `dCounts` with these lines in it."""
    return f"def dCounts({arguments}):\n" + "".join(f"    {line}\n" for line in body)


@pytest.fixture
def solution_with(solution_text):
    """The solution with its `dCounts` replaced by other lines."""

    def text(lines: str) -> str:
        before, _, after = solution_text.partition("def dCounts(")
        _, _, after = after.partition("\n\n\n")
        return f"{before}{lines}\n\n{after}"

    return text


@pytest.fixture
def asked(grade_some, solution_with):
    """The verdict on another `dCounts`; the others, graded beside it, have to pass."""

    def stage(lines: str):
        stages = grade_some(solution_with(lines))
        others = {name: other.verdict for name, other in stages.items() if name != "dCounts" and not other.passed}
        assert others == {}
        return stages["dCounts"]

    return stage


def codes(stage) -> list[str]:
    return [warning.code for warning in stage.warnings]


def warning(stage, code: str) -> str:
    (message,) = [warned.message for warned in stage.warnings if warned.code == code]
    return message


def assert_judged(stage, verdict: str, *words: str) -> None:
    assert stage.verdict == verdict, stage.message
    assert stage.score == (1 if stage.passed else 0)
    for word in words:
        assert word in stage.message


# What a stage returns


@pytest.mark.parametrize(
    ("lines", "words"),
    [
        (["return None"], ["None", "torch.Tensor", "`return`"]),
        (["gradient = counts * 2"], ["None", "`return`"]),
        (["return 1.5"], ["float", "torch.Tensor"]),
        (["return 0"], ["int", "torch.Tensor"]),
        (["return True"], ["bool", "torch.Tensor"]),
        (["return counts.numpy()"], ["numpy", "torch.Tensor", "torch.from_numpy"]),
        (["return counts.numpy().sum()"], ["numpy", "torch.Tensor"]),
        (["return [counts]"], ["list", "torch.Tensor"]),
        (["return counts, counts"], ["tuple", "torch.Tensor"]),
        (["return {'gradient': counts}"], ["dict", "torch.Tensor"]),
        (["return 'counts'"], ["str", "torch.Tensor"]),
        (["yield counts"], ["generator", "torch.Tensor"]),
        (["return torch.sum"], ["torch.Tensor"]),
        (["return counts.long()"], ["int64", "float32"]),
        (["return counts > 0"], ["bool", "float32"]),
        (["return counts + 0j"], ["complex", "real"]),
        ([f"return ({RIGHT}).to_sparse()"], ["sparse", "dense", ".to_dense()"]),
        (["return counts.to('meta')"], ["device", "CPU"]),
        (["return torch.zeros(3000, 3000)"], ["(3000, 3000)", "larger"]),
    ],
)
def test_what_is_not_a_dense_real_tensor_is_an_error_that_says_what_came(asked, lines, words):
    stage = asked(function(*lines))
    assert_judged(stage, "error", *words)
    assert stage.error.message == stage.message


def test_a_double_precision_result_is_judged_with_a_warning(asked):
    stage = asked(function(f"return ({RIGHT}).double()"))
    assert stage.passed
    assert "float64" in warning(stage, "dtype")
    assert "float32" in warning(stage, "dtype")


def test_a_result_that_requires_grad_is_judged_with_a_warning(asked):
    stage = asked(function(f"return ({RIGHT}).requires_grad_()"))
    assert stage.passed
    assert "requires grad" in warning(stage, "requires-grad")
    assert "detached" in warning(stage, "requires-grad")


def test_a_parameter_is_judged_as_the_tensor_it_is(asked):
    stage = asked(function(f"return torch.nn.Parameter({RIGHT})"))
    assert stage.passed
    assert "subclass" not in codes(stage)


def test_a_subclass_of_tensor_is_judged_as_plain_tensor_with_a_warning(asked):
    stage = asked("class Gradient(torch.Tensor):\n    pass\n\n\n" + function(f"return ({RIGHT}).as_subclass(Gradient)"))
    assert stage.passed
    assert "Gradient" in warning(stage, "subclass")
    assert "plain tensor" in warning(stage, "subclass")


LIAR = """\
class Liar(torch.Tensor):
    @classmethod
    def __torch_function__(cls, function, types, arguments=(), keywords=None):
        return True

    shape = property(lambda self: torch.Size([32, 27]))
    dtype = property(lambda self: torch.float32)


"""


def test_a_subclass_that_lies_gains_nothing(asked):
    stage = asked(LIAR + function("return torch.zeros_like(counts).as_subclass(Liar)"))
    assert_judged(stage, "wrong", "got 0, expected")
    assert "subclass" in codes(stage)


def test_something_that_only_claims_to_be_a_tensor_is_an_error(asked):
    stage = asked("class Pretender:\n    __class__ = torch.Tensor\n\n\n" + function("return Pretender()"))
    assert_judged(stage, "error")


@pytest.mark.parametrize(
    "expression",
    [
        f"({RIGHT}).T.contiguous().T",
        f"torch.stack([{RIGHT}] * 2, -1)[..., 0]",
        f"torch.view_as_real(torch.complex({RIGHT}, counts))[..., 0]",
        f"torch.complex(counts, {RIGHT}).conj().imag.neg()",
        f"(sumCountsInverse * dProbabilities) + dSumCounts.expand(-1, counts.shape[1])",  # noqa: F541
    ],
)
def test_views_of_any_kind_are_fine(asked, expression):
    stage = asked(function(f"return {expression}"))
    assert stage.passed
    assert codes(stage) == []


def test_an_expanded_view_is_as_good_as_the_numbers_written_out(grade_text, solution_text):
    text = solution_text + "\n\ndef dBatchDifferencePow2(batchDifferencePow2, batchSize, dBatchVariance):\n"
    text += "    return (dBatchVariance / (batchSize - 1)).expand(batchDifferencePow2.shape)\n"
    assert grade_text(text)["dBatchDifferencePow2"].passed


@pytest.mark.parametrize("number", ["float('nan')", "float('inf')", "-float('inf')"])
def test_nan_and_infinity_are_nonfinite_and_counted(asked, number):
    stage = asked(function(f"gradient = {RIGHT}", f"gradient[3, 5] = {number}", "return gradient"))
    assert_judged(stage, "nonfinite", "NaN or infinity", "1 of 864", "[3, 5]")
    assert stage.worst.index == [3, 5]
    assert stage.worst.got is None


@pytest.mark.parametrize(
    ("expression", "shape"),
    [
        (f"({RIGHT}).sum(1)", "(32,)"),
        (f"({RIGHT}).T", "(27, 32)"),
        (f"({RIGHT}).flatten()", "(864,)"),
        ("torch.tensor(1.0)", "()"),
        ("torch.zeros(0)", "(0,)"),
    ],
)
def test_a_wrong_shape_is_wrong_and_both_shapes_are_told(asked, expression, shape):
    stage = asked(function(f"return {expression}"))
    assert_judged(stage, "wrong", f"{shape} instead of (32, 27)")
    assert stage.expected_shape == [32, 27]


@pytest.mark.parametrize("index", ["None", "None, :, None"])
def test_axes_of_length_one_cost_a_warning_only(asked, index):
    stage = asked(function(f"return ({RIGHT})[{index}]"))
    assert_judged(stage, "shape", "The values are right", "instead of (32, 27)")
    assert "keepdims=True" in warning(stage, "shape")


# What a stage does instead of returning


def test_an_exception_is_an_error_with_the_students_own_lines(asked):
    stage = asked(function("wide = counts.T", "return counts @ wide @ wide"))
    assert_judged(stage, "error", "RuntimeError", "shapes cannot be multiplied")
    assert stage.error.type == "RuntimeError"
    assert "return counts @ wide @ wide" in stage.error.traceback
    assert "answers.py" in stage.error.traceback
    assert "grader" not in stage.error.traceback


@pytest.mark.parametrize(
    ("lines", "words"),
    [
        (["return count"], ["NameError", "count"]),
        (["return counts.summ()"], ["AttributeError", "summ"]),
        (["return 1 / 0"], ["ZeroDivisionError"]),
        (["raise KeyboardInterrupt"], ["KeyboardInterrupt"]),
        (["raise SystemError"], ["SystemError"]),
        (["raise type('Own', (Exception,), {'__str__': lambda self: 1 / 0})"], ["Own"]),
        (["assert counts.sum() == 0, 'not zero'"], ["AssertionError", "not zero"]),
        (["raise ValueError('\\ud800 half a character')"], ["ValueError", "half a character"]),
        (["raise ValueError('x' * 10_000_000)"], ["ValueError", "xxx"]),
    ],
)
def test_any_exception_is_named(asked, lines, words):
    stage = asked(function(*lines))
    assert_judged(stage, "error", *words)
    assert len(stage.message) < 10_000


def test_what_is_not_written_yet_is_missing(asked):
    assert_judged(asked(function("raise NotImplementedError")), "missing", "stub")
    assert_judged(asked(function('"""Not yet."""', "raise NotImplementedError")), "missing", "stub")


def test_an_endless_loop_is_a_timeout(hasty, asked):
    assert_judged(asked(function("while True:", "    pass")), "timeout", "0.5 s of processor time", "loop")


def test_an_endless_print_is_a_timeout_that_says_output(asked):
    stage = asked(function("while True:", "    print('here' * 100)"))
    assert_judged(stage, "timeout", "printed more than 4 MiB")
    assert stage.error.type == "OutputLimit"
    assert stage.printed.startswith("herehere")
    assert len(stage.printed) < 10_000


def test_what_a_stage_prints_is_kept(asked):
    stage = asked(function("print('shape', counts.shape[0])", f"return {RIGHT}"))
    assert stage.passed
    assert stage.printed.startswith("shape 32\n")


@pytest.mark.parametrize("call", ["sys.exit()", "sys.exit('done')", "exit()", "quit(0)", "raise SystemExit"])
def test_leaving_python_is_an_error(asked, call):
    stage = asked("import sys\n\n\n" + function(call))
    assert_judged(stage, "error", "exit", "Return")


@pytest.mark.parametrize("status", [0, 1, 137])
def test_ending_the_process_is_an_error(asked, status):
    stage = asked("import os\n\n\n" + function(f"os._exit({status})"))
    assert_judged(stage, "error", f"exit status {status}")
    assert stage.error.type == "Crash"


def test_a_crash_of_the_interpreter_is_an_error(asked):
    stage = asked("import ctypes\n\n\n" + function("ctypes.string_at(0)"))
    assert_judged(stage, "error", "crashed", "SIGSEGV")


@pytest.mark.parametrize("memory", ["torch.zeros(10**12)", "bytearray(10**13)", "'x' * 10**13", "[0] * 10**13"])
def test_asking_for_all_the_memory_is_a_timeout_that_says_memory(asked, memory):
    stage = asked(function(f"return {memory}"))
    assert_judged(stage, "timeout", "memory")
    assert memory in stage.error.traceback


def test_recursion_without_end_is_an_error(asked):
    stage = asked("def deeper(n):\n    return deeper(n + 1)\n\n\n" + function("return deeper(0)"))
    assert_judged(stage, "error", "RecursionError", "recursion depth")
    assert len(stage.error.traceback) < 10_000


def test_recursion_without_end_and_without_the_limit_is_an_error(hasty, asked):
    deeper = "import sys\n\n\ndef deeper(n):\n    return [deeper(n + 1)]\n\n\n"
    stage = asked(deeper + function("sys.setrecursionlimit(10**9)", "return deeper(0)"))
    assert stage.verdict in ("error", "timeout")
    assert stage.message


@pytest.mark.parametrize("change", ["counts *= 2", "dSumCounts.zero_()", "counts[0] = 0", "dProbabilities += counts"])
def test_changing_an_input_in_place_is_warned_of_and_reaches_no_other_stage(asked, change):
    name = change.split(" ")[0].split(".")[0].split("[")[0]
    stage = asked(function(f"gradient = {RIGHT}", change, "return gradient"))
    assert stage.passed
    assert name in warning(stage, "in-place")
    assert "clone()" in warning(stage, "in-place")


def test_an_answer_that_is_a_changed_input_is_judged_by_its_values(asked):
    stage = asked(
        function("dProbabilities *= sumCountsInverse", "dProbabilities += dSumCounts", "return dProbabilities")
    )
    assert stage.passed
    assert "dProbabilities" in warning(stage, "in-place")


def test_what_a_stage_does_to_torch_does_not_reach_the_grader(asked):
    stage = asked(function("torch.set_default_dtype(torch.float64)", f"return {RIGHT}"))
    assert stage.passed
    assert torch.get_default_dtype() is torch.float32


@pytest.mark.parametrize("decorator", ["@torch.no_grad()", "@torch.inference_mode()", "@staticmethod"])
def test_usual_decorators_are_fine(asked, decorator):
    assert asked(f"{decorator}\n" + function(f"return {RIGHT}")).passed


def test_inference_mode_for_the_whole_file_is_fine(asked):
    assert asked("torch.inference_mode().__enter__()\n\n\n" + function(f"return {RIGHT}")).passed


# How a stage is defined


def test_an_unknown_argument_is_named_with_the_likely_one_and_all_there_are(asked):
    stage = asked(function("return counts", arguments="counts, sumCountInverse"))
    assert_judged(stage, "error", "`sumCountInverse`", "Did you mean sumCountsInverse?")
    for name in ("counts", "dProbabilities", "dSumCounts", "batchSize", "outputBatch"):
        assert name in stage.message.partition("You can ask for")[2]


@pytest.mark.parametrize("gradient", ["dCounts", "dLogits", "dNormalizedLogits"])
def test_no_other_gradient_than_the_upstream_can_be_asked_for(asked, gradient):
    stage = asked(function(f"return {gradient}", arguments=gradient))
    assert_judged(stage, "error", f"`{gradient}` is not something a stage can ask for.")
    assert gradient not in stage.message.partition("You can ask for")[2].replace(".", ",").replace(" ", "").split(",")


def test_a_function_that_is_not_there_is_missing(asked):
    assert_judged(asked(""), "missing", "dCounts")


def test_a_misspelt_function_is_missing(asked):
    assert_judged(asked(function(f"return {RIGHT}").replace("dCounts", "dcounts")), "missing", "dCounts")


def test_of_two_functions_of_one_name_the_last_counts_with_a_warning(asked):
    wrong, right = function("return counts"), function(f"return {RIGHT}")
    stage = asked(f"{wrong}\n\n{right}")
    assert stage.passed
    assert "2 times" in warning(stage, "duplicate")
    assert "last" in warning(stage, "duplicate")
    assert_judged(asked(f"{right}\n\n{wrong}"), "wrong")


def test_of_two_files_with_one_function_it_is_said_which_counts(grade_text, solution_text):
    stages = grade_text(solution_text, other=function("return counts"))
    assert stages["dCounts"].verdict == "wrong"
    assert "answers.py, other.py" in warning(stages["dCounts"], "duplicate-file")
    assert "other.py counts" in warning(stages["dCounts"], "duplicate-file")
    assert all(stage.passed for name, stage in stages.items() if name != "dCounts")


def test_the_header_line_says_which_of_two_files_counts(grade_text, solution_text):
    headed = f"# grade: nameweave/every-expression\n{solution_text}"
    stages = grade_text(headed, other=function("return counts"))
    assert all(stage.passed for stage in stages.values())


def test_a_tensor_in_place_of_a_function_is_an_error_that_asks_for_a_function(asked):
    stage = asked("dCounts = torch.zeros(32, 27)\n")
    assert_judged(stage, "error", "not a function", "`def`")
    assert len(stage.message) < 300


def test_a_lambda_will_do(asked):
    assert asked(f"dCounts = lambda {ARGUMENTS}: {RIGHT}\n").passed


def test_a_callable_object_will_do(asked):
    lines = f"class Gradient:\n    def __call__(self, {ARGUMENTS}):\n        return {RIGHT}\n\n\ndCounts = Gradient()\n"
    assert asked(lines).passed


def test_a_partial_function_will_do(asked):
    lines = f"import functools\n\n\ndef rule(factor, {ARGUMENTS}):\n    return factor * ({RIGHT})\n\n\n"
    assert asked(lines + "dCounts = functools.partial(rule, 1.0)\n").passed


@pytest.mark.parametrize(
    ("arguments", "body"),
    [
        (f"{ARGUMENTS}, scale=1.0", f"return scale * ({RIGHT})"),
        (f"{ARGUMENTS}, counts_=None, *more, **others", f"return {RIGHT}"),
        ("**given", "return given['sumCountsInverse'] * given['dProbabilities'] + given['dSumCounts']"),
        ("dSumCounts, **given", "return given['sumCountsInverse'] * given['dProbabilities'] + dSumCounts"),
        ("sumCountsInverse, dProbabilities, dSumCounts, /", f"return {RIGHT}"),
        ("sumCountsInverse, /, dProbabilities, *, dSumCounts", f"return {RIGHT}"),
        ("sumCountsInverse=None, dProbabilities=None, dSumCounts=None", f"return {RIGHT}"),
        ("scale=1.0, sumCountsInverse=0, dProbabilities=0, dSumCounts=0, /", f"return scale * ({RIGHT})"),
        ("dSumCounts: torch.Tensor, sumCountsInverse, dProbabilities", f"return {RIGHT}"),
    ],
)
def test_arguments_can_be_taken_in_any_way_python_has(asked, arguments, body):
    assert asked(function(body, arguments=arguments)).passed


def test_a_coroutine_is_an_error(asked):
    assert_judged(asked("async " + function(f"return {RIGHT}")), "error", "coroutine", "torch.Tensor")


# What stands in a file beside the functions


def test_a_syntax_error_shows_file_line_and_caret(grade_text, solution_text):
    stages = grade_text(solution_text, broken="import torch\n\n\ndef dCounts(counts:\n    return counts\n")
    assert all(stage.passed for stage in stages.values())
    stages = grade_text(solution_text + "\n\ndef dCounts(counts:\n    return counts\n")
    assert [name for name, stage in stages.items() if not stage.passed] == ["dCounts"]
    stage = stages["dCounts"]
    assert_judged(stage, "error", "SyntaxError", "answers.py", "'(' was never closed")
    line = len(solution_text.splitlines()) + 3
    assert f"line {line}" in stage.message
    assert stage.message.count(str(line)) == 1
    assert f'File "answers.py", line {line}' in stage.error.traceback
    assert "def dCounts(counts:" in stage.error.traceback
    assert "^" in stage.error.traceback.splitlines()[-1]


def test_a_syntax_error_in_one_file_leaves_the_others(grade_folder, tmp_path):
    for path in SOLUTIONS.glob("*.py"):
        (tmp_path / path.name).write_text(path.read_text())
    (tmp_path / "ex2_cross_entropy.py").write_text("# grade: nameweave/cross-entropy\ndef dLogitsFast(:\n")
    result = grade_folder(tmp_path)
    assert [stage.name for stage in result.stages if not stage.passed] == ["dLogitsFast"]
    stage = next(stage for stage in result.stages if stage.name == "dLogitsFast")
    assert_judged(stage, "error", "SyntaxError", "ex2_cross_entropy.py", "line 2")
    assert any("ex2_cross_entropy.py" in problem for problem in result.submission.problems)


def test_bad_indentation_is_a_syntax_error_with_its_line(grade_text, solution_text):
    stage = grade_text(solution_text.replace("    return counts * dCounts", "  return counts * dCounts\n   oops"))
    (spoilt,) = [each for each in stage.values() if not each.passed]
    assert_judged(spoilt, "error", "IndentationError", "answers.py")


SPOILT = {
    "a bracket": "def dCounts(counts, dSumCounts:\n    return dSumCounts\n\n",
    "a text that is not ended": 'def dCounts(counts, dSumCounts):\n    """Not ended.\n    return dSumCounts\n\n',
    "indentation that is lost": "def dCounts(counts, dSumCounts):\ndProbabilities = 2\nreturn dProbabilities\n\n",
    "a line at the left edge": "!pip install\ndCounts = counts +\n\n",
    "a decorator": "@torch.no_grad(\ndef dCounts(counts):\n    return counts\n\n",
}


@pytest.mark.parametrize("kind", SPOILT)
def test_what_can_be_read_is_judged_and_the_first_thing_told_is_what_cannot(
    grade_folder, tmp_path, solution_text, kind
):
    at = solution_text.index("def dCounts(")
    after = solution_text.index("\ndef ", at) + 1
    (tmp_path / "answers.py").write_text(solution_text[:at] + SPOILT[kind] + solution_text[after:], encoding="utf-8")
    result = grade_folder(tmp_path)
    stages = {stage.name: stage for stage in result.stages}
    begun = [stage for stage in result.stages if stage.begun]
    assert len(begun) > 20 and [stage.name for stage in begun if not stage.passed] == ["dCounts"]
    line = solution_text[:at].count("\n") + 1
    assert_judged(stages["dCounts"], "error", "answers.py")
    assert result.submission.problems[0].startswith("answers.py: ")
    assert any(f"line {line + place}" in result.submission.problems[0] for place in range(3))


@pytest.mark.parametrize("line", ["import torchh", "from torch import tensr", "import numpyy as np"])
def test_an_import_that_fails_costs_only_what_needs_it(grade_text, solution_text, line):
    stages = grade_text(f"{line}\n{solution_text}")
    assert all(stage.passed for stage in stages.values())


def test_an_import_that_fails_is_told_to_the_stage_that_needs_it(asked):
    stage = asked("import numpyy as np\n\n\n" + function("return np.zeros(3)"))
    assert_judged(stage, "error", "NameError", "np")


def test_an_import_that_fails_is_told_with_file_and_reason(grade_folder, tmp_path, solution_text):
    (tmp_path / "answers.py").write_text(f"import torchh\n{solution_text}")
    (problem,) = grade_folder(tmp_path).submission.problems
    assert "answers.py" in problem
    assert "`torchh` is neither a file of your submission nor a library" in problem


def test_an_exception_between_functions_leaves_those_after_it(grade_folder, tmp_path, solution_text):
    text = solution_text.replace("def dCounts(", "first = 1 / 0\n\n\ndef dCounts(")
    (tmp_path / "answers.py").write_text(text)
    result = grade_folder(tmp_path)
    assert result.score == 28
    (problem,) = result.submission.problems
    assert "answers.py" in problem
    assert "division by zero" in problem


@pytest.mark.parametrize("line", ["import sys; sys.exit(1)", "quit()", "raise KeyboardInterrupt", "raise SystemExit"])
def test_leaving_python_at_the_top_leaves_the_functions_after_it(grade_text, solution_text, line):
    assert all(stage.passed for stage in grade_text(f"{line}\n{solution_text}").values())


def test_an_endless_loop_at_the_top_costs_nothing(hasty, grade_text, solution_text):
    for text in (f"while True:\n    pass\n{solution_text}", f"{solution_text}\nn = 0\nwhile True:\n    n += 1\n"):
        assert all(stage.passed for stage in grade_text(text).values())


def test_one_that_goes_on_whatever_happens_is_a_timeout_that_says_where(hasty, grade_text, solution_text):
    loop = "while True:\n    try:\n        while True:\n            pass\n    except BaseException:\n        pass\n"
    for stage in grade_text(f"{loop}{solution_text}").values():
        assert_judged(stage, "timeout", "answers.py", "being loaded", "loop")


def test_an_endless_loop_at_the_top_of_one_file_leaves_the_other_files(hasty, grade_text, solution_text):
    stages = grade_text(solution_text, scratch="while True:\n    pass\n")
    assert all(stage.passed for stage in stages.values())


def test_ending_the_process_at_the_top_is_an_error_that_says_where(grade_text, solution_text):
    for stage in grade_text(f"import os\nos._exit(3)\n{solution_text}").values():
        assert_judged(stage, "error", "answers.py", "being loaded", "exit status 3")


def test_a_main_block_is_not_run(grade_text, solution_text):
    text = solution_text + "\n\nif __name__ == '__main__':\n    while True:\n        pass\n"
    assert all(stage.passed for stage in grade_text(text).values())


def test_a_main_block_is_not_run_in_a_file_called_main(grade_text, solution_text):
    stages = grade_text("", __main__=solution_text + "\n\nif __name__ == '__main__':\n    dCounts = None\n")
    assert all(stage.passed for stage in stages.values())


@pytest.mark.parametrize("line", ["import rules", "from rules import rule", "from rules import *", "import rules as r"])
def test_one_file_can_import_another_of_the_hand_in(grade_text, solution_with, line):
    call = {"import rules": "rules.rule", "import rules as r": "r.rule"}.get(line, "rule")
    body = function(f"return {call}(sumCountsInverse, dProbabilities, dSumCounts)")
    rules = "def rule(inverse, upstream, other):\n    return inverse * upstream + other\n"
    stages = grade_text(f"{line}\n" + solution_with(body), rules=rules)
    assert all(stage.passed for stage in stages.values())


def test_stages_can_come_by_import_from_a_file_in_a_folder(grade_folder, tmp_path, solution_text):
    (tmp_path / "parts").mkdir()
    (tmp_path / "parts" / "first.py").write_text(solution_text)
    (tmp_path / "parts" / "second.py").write_text("from first import *\n")
    assert grade_folder(tmp_path).score == 28


def test_a_hand_in_with_hundreds_of_failing_lines_is_graded(grade_text, solution_text):
    assert all(stage.passed for stage in grade_text("undefined_name\n" * 300 + solution_text).values())


def test_a_hand_in_with_thousands_of_failing_lines_is_graded(grade_text, solution_text):
    assert all(stage.passed for stage in grade_text("undefined_name\n" * 6_000 + solution_text).values())


def test_a_hand_in_of_many_long_files_is_graded(grade_text, solution_text):
    others = {f"notes{number}": "# nothing\n" * 20_000 for number in range(6)}
    assert all(stage.passed for stage in grade_text(solution_text, **others).values())


# What a file is made of


DEEP = {
    "open parentheses": "(" * 200_000,
    "parentheses": "(" * 100_000 + ")" * 100_000,
    "brackets": "x = " + "[" * 100_000 + "]" * 100_000,
    "minus signs": "x = " + "-" * 200_000 + "1",
    "sums": "x = 1" + "+1" * 100_000,
    "attributes": "x = a" + ".a" * 100_000,
    "calls": "x = a" + "()" * 100_000,
    "lambdas": "x = " + "lambda:" * 28_000 + "1",
    "digits": "x = " + "9" * 200_000,
}


@pytest.mark.parametrize("kind", DEEP)
def test_a_file_nested_too_deeply_to_be_parsed_is_told_and_costs_what_cannot_be_read(
    grade_folder, tmp_path, solution_text, kind
):
    (tmp_path / "answers.py").write_text(f"{DEEP[kind]}\n{solution_text}", encoding="utf-8")
    result = grade_folder(tmp_path)
    assert result.submission.problems and all(len(each) < 1_000 for each in result.submission.problems)
    begun = [stage for stage in result.stages if stage.begun]
    assert all(stage.verdict == "error" and len(stage.message) < 1_000 for stage in begun if not stage.passed)


def as_file(folder: Path, data: bytes) -> Path:
    path = folder / "answers.py"
    path.write_bytes(data)
    return path


UNREADABLE = {
    "latin-1": ("# é\nimport torch\n".encode("latin-1"), "not UTF-8", "save it as UTF-8"),
    "utf-16": ("import torch\n".encode("utf-16"), "not UTF-8", "UTF-8"),
    "utf-16 without mark": ("import torch\n".encode("utf-16-le"), "null bytes", "UTF-8"),
    "a picture": (b"\x89PNG\r\n\x1a\n" + random.Random(1).randbytes(500), "not UTF-8", "UTF-8"),
    "null bytes": (b"import torch\n\0\0\n", "null bytes", "not a text file"),
    "too long": (b"# long\n" * 40_000, "the limit is 256 kB", "only your own code"),
    "unknown coding": (b"# coding: klingon\nimport torch\n", "not UTF-8", "UTF-8"),
    "impossible coding": (b"# coding: undefined\nimport torch\n", "not UTF-8", "UTF-8"),
    "coding of bytes": (b"# coding: hex\nimport torch\n", "not UTF-8", "UTF-8"),
    "half a character": (b'# coding: raw_unicode_escape\nx = "\\ud800"\n', "not UTF-8", "UTF-8"),
}


@pytest.mark.parametrize("kind", UNREADABLE)
def test_a_file_that_is_no_source_is_an_error_that_says_what_to_do(grade_folder, tmp_path, kind):
    data, *words = UNREADABLE[kind]
    result = grade_folder(as_file(tmp_path, data))
    assert (result.score, result.status, result.exit_code) == (0, "graded", 1)
    for stage in result.stages:
        assert_judged(stage, "error", "answers.py", *words)


def test_a_file_that_is_no_source_costs_only_its_own_exercise(grade_folder, tmp_path):
    for path in SOLUTIONS.glob("*.py"):
        (tmp_path / path.name).write_text(path.read_text())
    broken = (SOLUTIONS / "ex3_batch_norm.py").read_text() + "# é\n"
    (tmp_path / "ex3_batch_norm.py").write_bytes(broken.encode("latin-1"))
    result = grade_folder(tmp_path)
    assert [stage.name for stage in result.stages if not stage.passed] == ["dHiddenLayerPreBatchNormStatesFast"]
    assert result.score == 27
    (problem,) = result.submission.problems
    assert "ex3_batch_norm.py" in problem


@pytest.mark.parametrize("data", [b"", b"\n \n\t\n", b"\xef\xbb\xbf"])
def test_an_empty_file_is_missing_and_says_so(grade_folder, tmp_path, data):
    result = grade_folder(as_file(tmp_path, data))
    assert (result.score, result.status, result.exit_code) == (0, "graded", 1)
    for stage in result.stages:
        assert_judged(stage, "missing", "answers.py is empty", "save")


def test_a_file_of_comments_is_missing(grade_folder, tmp_path):
    result = grade_folder(as_file(tmp_path, b"# nothing yet\n"))
    assert {stage.verdict for stage in result.stages} == {"missing"}
    assert result.submission.problems == []


def test_an_empty_folder_is_nothing_to_grade(tmp_path):
    with pytest.raises(NothingToGrade) as refused:
        make_request(tmp_path)
    assert str(tmp_path) in str(refused.value)
    assert "grade init" in str(refused.value)


def test_a_folder_with_other_files_only_is_nothing_to_grade(tmp_path):
    (tmp_path / "names.txt").write_text("asha\n")
    (tmp_path / "__pycache__").mkdir()
    (tmp_path / "__pycache__" / "answers.py").write_text("x = 1\n")
    with pytest.raises(NothingToGrade, match="no Python file"):
        make_request(tmp_path)


ENCODINGS = {
    "CRLF": lambda text: text.replace("\n", "\r\n").encode(),
    "CR": lambda text: text.replace("\n", "\r").encode(),
    "mixed line ends": lambda text: text.replace("\n", "\r\n", 30).encode(),
    "a byte order mark": lambda text: b"\xef\xbb\xbf" + text.encode(),
    "a mark and CRLF": lambda text: b"\xef\xbb\xbf" + text.replace("\n", "\r\n").encode(),
    "a coding line": lambda text: b"# -*- coding: latin-1 -*-\n# \xe9\n" + text.encode(),
    "a coding line in line 2": lambda text: (
        b"#!/usr/bin/env python\n# vim: set fileencoding=cp1252 :\n# \x80\n" + text.encode()
    ),
    "UTF-8 said": lambda text: "# coding: utf-8\n# é ∂L\n".encode() + text.encode(),
    "tabs": lambda text: text.replace("    ", "\t").encode(),
    "no newline at the end": lambda text: text.rstrip("\n").encode(),
    "form feeds": lambda text: text.replace("\n\n\n", "\n\n\x0c\n").encode(),
    "a future import": lambda text: b"from __future__ import annotations\n" + text.encode(),
    "letters of other scripts": lambda text: text.replace("isMax", "größtes").encode(),
}


@pytest.mark.parametrize("kind", ENCODINGS)
def test_text_of_any_usual_kind_is_read(grade_folder, tmp_path, solution_text, kind):
    result = grade_folder(as_file(tmp_path, ENCODINGS[kind](solution_text)))
    assert (result.score, result.submission.problems) == (28, [])


def test_a_source_is_read_as_python_reads_it(tmp_path):
    submission = read_submission(as_file(tmp_path, b"# coding: latin-1\r\nname = '\xe9'\r\n"))
    assert submission.sources[0].text == "# coding: latin-1\nname = 'é'\n"
    assert submission.faults == ()


@pytest.mark.skipif(os.name != "posix", reason="other systems have no names that are not text")
def test_a_file_whose_name_is_no_text_is_graded_like_any_other(grade_folder, tmp_path):
    path = os.fsencode(tmp_path) + b"/\xff.py"
    Path(os.fsdecode(path)).write_text(function(f"return {RIGHT}"), encoding="utf-8")
    result = grade_folder(tmp_path)
    assert result.submission.files == ["\\udcff.py"] and to_json(result)
    assert next(stage for stage in result.stages if stage.name == "dCounts").passed
