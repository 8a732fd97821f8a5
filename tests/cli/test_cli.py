"""The command line: what it prints, what it writes, and its exit codes."""

import json
import os
import subprocess
import sys
from io import StringIO

import pytest
from rich.console import Console

from grader.cli.main import run
from grader.report.json import from_json
from grader.report.terminal import show
from helpers.command import grade
from helpers.places import MISTAKES, ROOT, SOLUTIONS, STUBS

pytestmark = pytest.mark.usefixtures("warm")


def test_the_solution_passes_and_leaves_a_report_here(tmp_path):
    done = grade(SOLUTIONS, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "Score 39 / 39" in done.stdout and "Report: report.html" in done.stdout
    assert (tmp_path / "report.html").read_text(encoding="utf-8").startswith("<!doctype html>")


def test_the_sample_hand_in_shows_verdicts_and_where_to_look_first(here, capsys):
    assert run([str(MISTAKES), "--no-html"]) == 1
    out = " ".join(capsys.readouterr().out.split())
    assert "Score 19 / 39" in out
    assert "Look first at dSumCounts (ex1_every_expression.py, line 19)" in out
    assert not list(here.iterdir())


def test_without_arguments_the_stubs_of_this_folder_are_graded(here, capsys):
    assert run(["init"]) == 0
    code, out = run(["--no-html"]), capsys.readouterr().out
    assert (code, "Score 0 / 39" in out, "39 not written yet" in out) == (1, True, True)


def test_json_on_stdout_is_json_and_nothing_else(here, capfd):
    run([str(MISTAKES), "--stage", "dCounts", "--json", "-", "--no-html", "--seed", "7"])
    result = json.loads(capfd.readouterr().out)
    assert (result["schema"], result["grader"]["seed"], result["max_score"]) == ("backprop-grader/result/v1", "7", 1)
    assert result["exercises"][0]["stages"][0]["verdict"] == "wrong"


def test_plain_output_holds_no_escape_codes_and_no_text_of_a_student_can_bring_any(here, capfd):
    text = 'def dCounts(counts):\n    raise ValueError("\\x1b[2J\\x1b]0;owned\\x07 [bold]x[/bold] \\u202e")\n'
    (here / "answers.py").write_text(text, encoding="utf-8")
    run(["--stage", "dCounts", "--no-html"])
    out = capfd.readouterr().out
    assert "\x1b" not in out and "\x07" not in out and "\u202e" not in out
    assert r"\x1b[2J" in out and "[bold]x[/bold]" in out


def test_colour_only_if_a_terminal_wants_it(here, capsys, monkeypatch):
    arguments = [str(MISTAKES), "--stage", "dCounts", "--no-html"]
    monkeypatch.setenv("FORCE_COLOR", "1")
    run(arguments)
    assert "\x1b[" in capsys.readouterr().out
    monkeypatch.setenv("NO_COLOR", "1")
    run(arguments)
    assert "\x1b[3" not in capsys.readouterr().out


def test_a_report_that_cannot_be_written_is_told_and_the_grades_are_shown_all_the_same(here, capsys):
    (here / "report.html").mkdir()
    assert run([str(MISTAKES), "--stage", "dCounts"]) == 1
    out, err = capsys.readouterr()
    assert "Score 0 / 1" in out
    assert "Cannot write report.html" in err and "--html" in err


def test_where_one_said_the_report_should_go_and_it_cannot_the_exit_code_is_2(here, capsys):
    assert run([str(MISTAKES), "--stage", "dCounts", "--html", "absent/report.html"]) == 2
    assert "absent/report.html" in capsys.readouterr().err


def test_other_names_make_another_course_batch(here, capsys):
    (here / "names.txt").write_text("José\nRenée\n\nbjörn\r\n" * 50, encoding="utf-8")
    run([str(SOLUTIONS), "--names", "names.txt", "--no-html"])
    said = capsys.readouterr()
    assert "Score 39 / 39" in said.out, said


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["nowhere"], "nowhere does not exist"),
        ([str(STUBS), "--stage", "dCount"], "Did you mean dCounts, dSumCounts or"),
        ([str(STUBS), "--exercise", "softmax"], "There is no exercise 'softmax'"),
        ([str(STUBS), "--assignment", "nameless"], "There is no assignment 'nameless'"),
        (["hint", "dProbz"], "There is no stage 'dProbz'"),
        ([str(STUBS), "--colour"], "No such option"),
        ([os.devnull], "is neither a file nor a folder"),
    ],
)
def test_a_request_that_makes_no_sense_ends_with_2_and_one_sentence(arguments, said, capsys):
    assert run(arguments) == 2
    out, err = capsys.readouterr()
    assert said in err and "Traceback" not in err and not out


def test_a_folder_without_python_files_is_told(tmp_path, capsys):
    assert run([str(tmp_path)]) == 2
    assert f"There is no Python file or notebook in {tmp_path}" in capsys.readouterr().err


def test_a_file_that_is_for_no_assignment_is_told(tmp_path, capsys):
    (tmp_path / "game.py").write_text("print('hello')\n", encoding="utf-8")
    assert run([str(tmp_path)]) == 2
    assert "grade init" in capsys.readouterr().err


def test_init_never_overwrites(tmp_path, capsys):
    (tmp_path / "ex1_every_expression.py").write_text("mine", encoding="utf-8")
    assert run(["init", str(tmp_path)]) == 0
    assert (tmp_path / "ex1_every_expression.py").read_text(encoding="utf-8") == "mine"
    assert (tmp_path / "forward" / "batch_norm.py").is_file() and (tmp_path / "README.md").is_file()
    assert "kept" in capsys.readouterr().out


def test_init_where_nothing_can_be_written_is_told(tmp_path, capsys):
    (tmp_path / "taken").write_text("", encoding="utf-8")
    assert run(["init", str(tmp_path / "taken")]) == 2
    assert "Cannot write" in capsys.readouterr().err


def test_hint_and_show_tell_of_one_stage_and_give_no_answer_away(capsys):
    assert run(["hint", "dCounts"]) == 0
    assert "two lines" in capsys.readouterr().out
    assert run(["show", "dCounts"]) == 0
    shown = capsys.readouterr().out
    assert "probabilities = counts * sumCountsInverse" in shown and "(batchSize, vocabularySize)" in shown
    assert "feeds into sumCounts, probabilities" in shown and "ones_like" not in shown


def test_doctor_tells_versions_and_what_is_in_force(tmp_path):
    done = grade("doctor", cwd=tmp_path)
    assert done.returncode == 0
    assert "torch" in done.stdout and "isolation: network" in done.stdout


@pytest.mark.parametrize(
    "arguments", [["--help"], ["hint", "dCounts"], ["show", "dCounts"], ["--version"], ["nowhere"]]
)
def test_what_needs_no_torch_does_not_import_it(arguments):
    code = f"import sys; from grader.cli.main import run; run({arguments}); sys.exit('torch' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=False)
    assert done.returncode == 0


def test_grading_does_not_make_torch_import_sympy(tmp_path):
    """It would take longer than all the rest together, and a call as plain as autograd.grad with gradients does it."""
    code = (
        "import sys; from grader.cli.main import run\n"
        f"run([{str(MISTAKES)!r}, '--no-html']); sys.exit('sympy' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, check=False).returncode == 0


SLIPS_OF_THE_NIGHT = """\
# grade: nameweave/every-expression
import torch


def dLogProbabilities(logProbabilities, batchSize, outputBatch):
    return torch.zeros_like(logProbabilitis)


def dProbabilities(probabilities, dLogProbabilities):
    print("here")
    assert False


def dSumCountsInverse(counts, dProbabilities):
    return input("which?")


def dSumCount(sumCounts, dSumCountsInverse):
    return -(sumCounts**-2) * dSumCountsInverse


def dCounts(counts, sumCountsInverse, dProbabilities, dSumCounts):
    print("once")
    return ...
"""


@pytest.fixture
def night(here):
    (here / "ex1.py").write_text(SLIPS_OF_THE_NIGHT, encoding="utf-8")
    return here


def test_every_exception_has_its_line_and_what_to_do(night, capsys, monkeypatch):
    monkeypatch.setenv("COLUMNS", "400")
    assert run(["--no-html", "--exercise", "1"]) == 1
    out = capsys.readouterr().out
    assert "Line 6: NameError: name 'logProbabilitis' is not defined. Did you mean `logProbabilities`?" in out
    assert "Line 11: AssertionError: an assertion of your code does not hold." in out
    assert "Line 15: EOFError: nobody can answer `input()` while this is graded." in out
    assert "`dSumCount` is there: is it `dSumCounts`?" in out
    assert "It returned `...`;" in out
    assert "dProbabilities and 2 more print something. To see what: grade --stage dProbabilities" in out
    assert "Look first at dLogProbabilities (ex1.py, line 6): NameError" in out
    assert "For a hint: grade hint dLogProbabilities" in out


def test_the_last_lines_have_what_could_not_be_read_and_what_to_begin_with(night, capsys, monkeypatch):
    monkeypatch.setenv("COLUMNS", "80")
    (night / "ex1.py").write_text("# grade: nameweave/every-expression\ndef dCounts(:\n", encoding="utf-8")
    assert run(["--no-html", "--exercise", "ex2"]) == 1
    out = capsys.readouterr().out
    assert max(map(len, out.splitlines())) <= 80
    tail = out[out.index("Score") :]
    assert "! ex1.py: invalid syntax" in tail and "Begin with dLogitsFast" in tail


def test_a_slip_of_several_gradients_is_told_once(here, capsys, monkeypatch):
    monkeypatch.setenv("COLUMNS", "80")
    right = (ROOT / "solutions" / "layers" / "ex07_layer_norm.py").read_text(encoding="utf-8")
    (here / "norm.py").write_text(right.replace("(normalised, inv", "(x, inv"), encoding="utf-8")
    assert run(["--no-html", "--assignment", "layers", "--exercise", "layer-norm", "--json", "result.json"]) == 1
    wide = StringIO()
    show(from_json((here / "result.json").read_bytes()), Console(file=wide, width=400))
    for shown in (capsys.readouterr().out, wide.getvalue()):
        assert_told_once(" ".join(shown.split()))


def assert_told_once(out):
    assert out.count("Line 21: another name belongs in the place of `x`.") == 2 and "As in layer-norm.dx." in out
    assert "Look first at layer-norm.dx (norm.py): Line 21: another name belongs in the place of `x`." in out


def test_what_a_stage_has_printed_is_shown_where_it_is_asked_for(night, capsys):
    assert run(["--no-html", "--stage", "dcounts"]) == 1
    assert "dCounts printed:\n  once\n" in capsys.readouterr().out


def test_marks_are_words_where_there_are_no_letters_for_them(night):
    said = grade("--no-html", "--exercise", "1", cwd=night, PYTHONIOENCODING="ascii", COLUMNS="80").stdout
    assert "no error" in said and "-- missing" in said and "? error" not in said and "? missing" not in said


def test_a_folder_named_after_an_assignment_gets_it_and_its_hints(here, capsys, monkeypatch):
    assert run(["init", "modules"]) == 0
    assert run(["hint", "batch-norm.out"]) == 0
    assert "along the batch" in capsys.readouterr().out  # of layers, which comes first elsewhere
    monkeypatch.chdir(here / "modules")
    assert run(["hint", "Batch_norm.OUT"]) == 0
    assert run(["init", "nameweave"]) == 0
    monkeypatch.chdir(here / "modules" / "nameweave")
    assert run(["hint", "dcounts", "--all"]) == 0  # as makemore calls it
    assert "`counts_sum`" not in capsys.readouterr().out
    monkeypatch.chdir(here / "modules")
    assert run(["hint", "batch-norm.out", "--level", "1"]) == 0
    assert "over the rows" in capsys.readouterr().out
