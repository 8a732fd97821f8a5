"""`check` in a notebook: what it says of cells that have run, and that the process that judges is warm and ends."""

import re
import subprocess
import sys

import psutil
import pytest

import grader
from grader.checking import check as check_module
from grader.checking.cells import settled
from grader.checking.desk import Desk
from grader.checking.messages import CheckOrder
from grader.checking.process import JudgeProcess
from grader.errors import SandboxError
from grader.submission import read as read_module
from helpers.kernel import kernel
from helpers.places import ROOT
from helpers.slope import SOLUTION, write_slope
from helpers.submissions import write_notebook

STUB = "def dCounts(counts, sumCountsInverse):\n    raise NotImplementedError"
WRONG = "def dCounts(counts, sumCountsInverse, dProbabilities):\n    return sumCountsInverse * dProbabilities"
RIGHT = """\
import torch
def dCounts(dSumCounts, counts, dProbabilities, sumCountsInverse):
    return sumCountsInverse * dProbabilities + torch.ones_like(counts) * dSumCounts"""
SUM_COUNTS = "def dSumCounts(sumCounts, dSumCountsInverse):\n    return -(sumCounts ** -2) * dSumCountsInverse"
AFFINE = "import numpy as np\n" + (ROOT / "solutions" / "layers" / "ex01_affine.py").read_text(encoding="utf-8")
LINEAR = (ROOT / "solutions" / "modules" / "ex1_linear.py").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def desk(sandbox):
    """What judges, without a process of its own."""
    return Desk(sandbox)


@pytest.fixture
def ask(desk, tmp_path):
    """What is said of cells, given in the order in which they ran."""

    def answer(*cells, of=(), **more):
        wanted = [[name] for name in ([of] if isinstance(of, str) else of)]
        return desk.answer(CheckOrder(wanted, str(tmp_path), cells=list(cells), **more))

    return answer


@pytest.fixture
def run(desk):
    """Run a cell; what it shows."""
    with kernel(desk) as run:
        run("from grader import check")
        yield run


# What is said


def test_a_wrong_gradient_has_its_reason_its_line_and_a_map(ask):
    said = ask("", WRONG, of="dCounts")
    assert said.text.startswith("✗ wrong  dCounts  (In [2])\n    The path through `sumCounts` is missing")
    assert "instead of" in said.text and not said.passed
    assert said.html.count("<td class=h") == 32 * 27 and "<code>sumCounts</code>" in said.html


def test_a_right_one_is_right_whatever_the_order_of_its_arguments(ask):
    said = ask(RIGHT, of="dCounts")
    assert said.passed and re.match("(✓ exact|≈ approximate) +dCounts", said.text)


def test_a_stub_is_not_written_yet(ask):
    said = ask(STUB, of="dCounts")
    assert said.text == "· not written yet: dCounts" and "not written yet" in said.html


def test_what_was_never_defined_is_not_written_yet_either(ask):
    assert ask("1", of="dCounts").text == "· not written yet: dCounts"


def test_the_last_definition_counts_and_nobody_is_warned(ask):
    said = ask(STUB, WRONG, RIGHT, of="dCounts")
    assert said.passed and "defined" not in said.text + said.html


def test_a_cell_that_python_did_not_accept_has_not_run(ask):
    assert ask(RIGHT, "def dCounts(counts:\n    return", of="dCounts").passed


def test_cells_with_magics_are_read_as_those_of_a_file(ask):
    assert ask("%matplotlib inline\n!ls", "%%time\n" + RIGHT, "await thing()", of="dCounts").passed


def test_an_exception_shows_its_line(ask):
    said = ask("", "", "def dCounts(counts):\n    return coumts", of="dCounts")
    assert "In [3], line 2" in said.text and "> return coumts" in said.text and "NameError" in said.html


def test_what_a_function_prints_is_shown_below_it(ask):
    said = ask(RIGHT.replace("    return", "    print(f'shape {counts.shape}')\n    return"), of="dCounts")
    assert said.passed and said.text.endswith("printed:\n    shape torch.Size([32, 27])")
    assert '<pre class="printed">shape torch.Size([32, 27])' in said.html


def test_names_are_understood_as_people_write_them(ask):
    assert ask(RIGHT, of="d_counts").passed and ask(AFFINE, of="ex01_affine.py").passed


def test_flat_code_is_judged_as_well(ask):
    flat = "dCounts = sumCountsInverse * dProbabilities\ndCounts += torch.ones_like(counts) * dSumCounts"
    assert ask("import torch", "dProbabilities = 1 / probabilities", flat, of="dCounts").passed


def test_all_there_is_is_a_table_and_the_first_error(ask):
    said = ask(WRONG, SUM_COUNTS)
    assert re.search("✗ wrong +dCounts", said.text) and re.search("(✓ exact|≈ approximate) +dSumCounts", said.text)
    assert "Look first at: ✗ wrong  dCounts" in said.text and "37 not written yet" in said.text
    assert said.html.count("Look first at") == 1


def test_a_name_that_is_no_stage_is_told_in_a_sentence(ask):
    said = ask(RIGHT, of="dCunts")
    assert said.text == "nameweave has no stage called dCunts. Did you mean dCounts?" and said.text in said.html


def test_something_without_a_name_is_told_what_to_do(desk, tmp_path):
    assert 'check("dCounts")' in desk.answer(CheckOrder([[]], str(tmp_path), cells=[RIGHT])).text


def test_functions_with_a_cache_and_classes_have_all_their_stages(ask):
    assert re.findall(r"affine\.\w+", ask(AFFINE, of="affine_backward").text) == [
        "affine.dboards",
        "affine.dw",
        "affine.db",
    ]
    said = ask(LINEAR, of="Linear")
    assert said.passed and len(said.text.splitlines()) > 2


def test_an_exercise_can_be_asked_for_by_its_name(ask):
    assert ask(AFFINE, of="affine").passed


def test_the_assignment_is_that_of_the_numbers_in_the_cells(ask):
    assert "attention has no stage" in ask('globals().update(course_batch("attention"))', RIGHT, of="dCounts").text
    assert ask('course_batch("nowhere")', RIGHT, of="dCounts").passed
    assert "is it `dcounts`?" in ask(RIGHT, of="dCounts", assignment="makemore").text
    assert "There is no assignment 'x'" in ask(RIGHT, of="dCounts", assignment="x").text


@pytest.mark.parametrize("first", ['course_batch("slope")', "# grade: slope/layer", ""])
def test_an_assignment_that_the_folder_describes_is_known(first, ask, tmp_path):
    write_slope(tmp_path)
    assert ask(first, SOLUTION, of=("dbent", "dx", "dslope")).passed
    assert ask(first, "def dx(x):\n    raise NotImplementedError", of="dx", assignment="slope").text.startswith("·")


def test_files_beside_the_notebook_that_it_imports_belong_to_it_and_no_others(ask, tmp_path, monkeypatch):
    (tmp_path / "helpers.py").write_text("import torch\ndef ones(x):\n    return torch.ones_like(x)\n")
    (tmp_path / "other.py").write_text("def dCounts(:\n")
    (tmp_path / "photos").mkdir()
    monkeypatch.setattr(read_module, "_python_below", lambda folder: pytest.fail(f"{folder} is none of ours"))
    cell = "from helpers import ones\n" + RIGHT.replace("torch.ones_like", "ones")
    assert ask(cell, of="dCounts").passed
    (tmp_path / "helpers.py").write_text("import torch\nones = torch.ones_like\n" + WRONG)
    assert ask(cell, of="dCounts").passed  # of two, that of the cells counts


def test_a_notebook_is_judged_like_its_file(ask, grade_folder, tmp_path):
    cells = [WRONG, SUM_COUNTS, "1 / 0", "def dLogits(x):\n    return y"]
    result = grade_folder(write_notebook(tmp_path / "a.ipynb", cells))
    assert ask(*cells).text.splitlines()[-1].startswith(f"Score {result.score:g} / 39")


def test_what_is_not_protected_is_told_in_a_line(desk, sandbox, tmp_path, monkeypatch):
    order = CheckOrder([["dCounts"]], str(tmp_path), cells=[RIGHT])
    for network, told in (("enforced", "Not protected here: landlock, read."), ("unavailable", "Nothing confines")):
        held = {"landlock": "unavailable", "read": "not enforced", "network": network}
        monkeypatch.setitem(vars(sandbox), "isolation", held)
        said = desk.answer(order)
        assert said.text.splitlines()[-1].startswith(told) and said.passed


def test_the_fault_of_the_grader_is_told_as_such(desk, monkeypatch):
    monkeypatch.setattr(desk, "answer", lambda order: 1 / 0)
    assert b"not your fault" in desk.reply(b'{"wanted": [], "folder": "/nowhere"}')


# What has run


@pytest.mark.parametrize(
    ("runs", "ids", "kept"),
    [
        (["", "a", "b"], {}, ["", "a", "b"]),
        (["", "a", "b", "a"], {}, ["", "", "b", "a"]),
        (["", "a", "b", "c"], {1: "x", 2: "y", 3: "x"}, ["", "", "b", "c"]),
        (["", "a", "a"], {1: "x", 2: "y"}, ["", "a", "a"]),
        (["", "a", "a"], {2: "y"}, ["", "", "a"]),
        (["", "a", "b", "a"], {1: "x", 2: "y"}, ["", "", "b", "a"]),
    ],
)
def test_of_a_cell_that_ran_again_the_last_run_counts(runs, ids, kept):
    assert settled(runs, ids) == kept


def test_in_a_shell_it_shows_itself_and_names_things_as_the_student_does(run):
    run(STUB)
    assert repr(run("check(dCounts)")) == "· not written yet: dCounts"
    assert repr(run("check()")).startswith("Score 0 / 39")
    run(WRONG, "x")
    assert "(In [5])" in repr(run("check(dCounts)"))
    run("mine = dCounts")
    assert not run("check(mine)").passed
    run(RIGHT, "x")
    done = run("check(dCounts)")
    assert done.passed and done._repr_html_().startswith('<div class="backprop-check">')
    run("dSumCounts = torch.ones(2)")
    assert "dSumCounts" in repr(run("check(dSumCounts)"))  # a variable, by its name
    assert "no stage called nothing" in repr(run("check('nothing')"))


def test_a_function_from_a_file_is_judged_as_that_file(run, tmp_path, monkeypatch):
    (tmp_path / "my_answers.py").write_text(RIGHT + "\n", encoding="utf-8")
    monkeypatch.syspath_prepend(str(tmp_path))
    run("from my_answers import dCounts")
    assert run("check(dCounts)").passed
    (tmp_path / "my_answers.py").write_text("from more import ones\n" + RIGHT.replace("torch.ones_like", "ones"))
    (tmp_path / "more.py").write_text("from torch import ones_like as ones\n")
    assert run("check(dCounts)").passed


def test_what_a_library_has_counts_by_its_name_alone(run):
    run(LINEAR)
    run("import torch, numpy")
    assert run("check(torch.nn.Linear)").passed


def test_its_styles_hold_inside_it_alone_and_it_has_no_script(ask):
    html = ask(WRONG, of="dCounts").html
    style = html[html.index("<style>") + 7 : html.index("</style>")].strip()
    assert style.startswith(".backprop-check {") and style.endswith("}")
    depth = 0
    for character in style[:-1]:
        depth += (character == "{") - (character == "}")
        assert depth > 0 or character in ".backprop-check "
    assert not re.search(r"<script|\son\w+=|https?:|url\(|@import|:root|body", html)
    assert len(html) < 40_000


# The process


def test_the_process_that_judges_is_kept_and_ends_with_the_kernel(tmp_path):
    code = f"""
from grader.checking.messages import CheckOrder
from grader.checking.process import judge_process
order = CheckOrder([["dCounts"]], {str(tmp_path)!r}, cells=[{RIGHT!r}])
judge = judge_process()
assert judge.ask(order).passed and judge.ask(order).passed
assert judge_process() is judge
print(judge.pid, flush=True)
input()
"""
    with subprocess.Popen(
        [sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=ROOT
    ) as kernel:
        judge = psutil.Process(int(kernel.stdout.readline()))
        family = [judge, *judge.children(recursive=True)]
        kernel.kill()
    gone, alive = psutil.wait_procs(family, timeout=10)
    assert len(gone) == len(family) >= 2 and not alive


class Silent(JudgeProcess):
    """One that ends without a word."""

    def __init__(self):
        sys.executable, was = "/bin/true", sys.executable
        try:
            super().__init__()
        finally:
            sys.executable = was


def test_a_process_that_has_ended_is_told_in_a_sentence(tmp_path):
    judge = Silent()
    with pytest.raises(SandboxError, match="Run the cell again"):
        judge.ask(CheckOrder([], str(tmp_path), cells=[]))
    assert judge.has_ended


def test_where_there_is_no_text_of_the_code_that_is_told(monkeypatch):
    monkeypatch.setattr(check_module, "_shell", lambda: None)
    monkeypatch.delattr(sys.modules["__main__"], "__file__", raising=False)
    with pytest.raises(grader.UsageError, match="no text of your code"):
        grader.check("dCounts")


def test_public_names_can_be_completed():
    assert {"check", "compare_gradients", "course_batch", "grade"} <= {*dir(grader)}
    assert all(getattr(grader, name) is not None for name in dir(grader))
