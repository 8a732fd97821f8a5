"""pytest as a user interface: a dot for each gradient, our words where one is red, and nobody else disturbed."""

import json
import os
import re
import shutil
import subprocess
import sys
import xml.etree.ElementTree as ElementTree

import pytest
import torch

from grader.errors import SandboxError
from grader.pytest_plugin.head import promising_head
from grader.pytest_plugin.header import header_in
from grader.pytest_plugin.judging import submission_of
from grader.report.safe import logged
from grader.run.grade import grade_submission, ungraded
from grader.submission.read import FILES_CAP
from helpers.places import MISTAKES, ROOT, SOLUTIONS, STUBS
from helpers.slope import SOLUTION, write_slope

pytest_plugins = "pytester"

FIRST, SECOND = "ex1_every_expression.py", "ex2_cross_entropy.py"
STRICT = ("-o", "grade_unwritten_fails=true")
HEADER = "# grade: nameweave/cross-entropy\n"
RIGHT = (SOLUTIONS / SECOND).read_text(encoding="utf-8")
MARK = "import pathlib\npathlib.Path({path!r}).touch()\n"
"""Leaves a trace where it is run without a sandbox."""


@pytest.fixture
def folder(pytester):
    """Where the student works: as it was given out, without the notebook."""
    for path in STUBS.glob("ex*.py"):
        shutil.copy(path, pytester.path)
    return pytester.path


@pytest.fixture
def run(pytester, sandbox, monkeypatch):
    """pytest in this process, with the warm sandbox of these tests."""

    class Warm:
        isolation = sandbox.isolation
        open = sandbox.open

        def close(self):
            pass

    monkeypatch.setattr("grader.sandbox.ours.Sandbox", Warm)
    return lambda *arguments: pytester.inline_run("-p", "no:cacheprovider", *map(str, arguments))


@pytest.fixture
def graded(monkeypatch):
    """The stages that were asked for, one set for each time that something was graded."""
    asked = []

    def spy(submission, examination, sandbox):
        asked.append(examination.selected)
        return grade_submission(submission, examination, sandbox)

    monkeypatch.setattr("grader.run.grade.grade_submission", spy)
    return asked


def outcomes(recorder):
    """By the name of each stage, whether it passed."""
    reports = [r for r in recorder.getreports("pytest_runtest_logreport") if r.when == "call" or r.failed or r.skipped]
    return {report.nodeid.rpartition("::")[2]: report.outcome for report in reports}


def collected(run, *arguments):
    """The items, of which none is run."""
    return run("--collect-only", "-q", *arguments).getcalls("pytest_collection_modifyitems")[0].items


def write_in_notebook(path, name, line):
    """Fill in the cell of a stage."""
    notebook = json.loads(path.read_text(encoding="utf-8"))
    for cell in notebook["cells"]:
        if (text := "".join(cell["source"])).startswith(f"def {name}("):
            cell["source"] = text.replace("raise NotImplementedError", line)
    path.write_text(json.dumps(notebook), encoding="utf-8")


def test_every_stage_of_a_folder_is_an_item_where_its_function_stands(run, folder, assignment):
    items = collected(run)
    assert [item.name for item in items] == list(assignment.stage_names)
    assert items[0].nodeid == "ex1_every_expression.py::dLogProbabilities"
    functions = {name: name.partition(".")[0] for name in assignment.stage_names}
    for item in items:
        line = item.path.read_text(encoding="utf-8").splitlines()[item.location[1]]
        assert line.startswith(f"def {functions[item.name]}("), item.nodeid
        assert item.location[0] == item.path.name


def test_an_assignment_that_the_folder_describes_has_its_items(run, pytester, monkeypatch):
    monkeypatch.delenv("CI", raising=False)
    write_slope(pytester.path)
    (pytester.path / "layer.py").write_text(f"# grade: slope/layer\n{SOLUTION}".replace(" * slope", ""))
    assert outcomes(run()) == {"dbent": "passed", "dx": "failed", "dslope": "passed"}


def test_a_part_for_an_assignment_that_is_not_there_is_told(run, pytester):
    (pytester.path / "mine.py").write_text(f"{HEADER}{RIGHT}\n# grade: convnet/one\n")
    (failed,) = (r for r in run().getreports("pytest_collectreport") if r.failed)
    assert "'convnet', which is not installed" in str(failed.longrepr)


def test_in_ci_nothing_that_lies_with_a_hand_in_judges_it(run, pytester, monkeypatch):
    monkeypatch.setenv("CI", "true")
    write_slope(pytester.path)
    (pytester.path / "layer.py").write_text(f"# grade: slope/layer\n{SOLUTION}")
    assert outcomes(run()) == {}


def test_collecting_imports_neither_torch_nor_what_the_command_line_needs(folder):
    code = (
        "import sys, pytest; code = pytest.main(['-q', '--collect-only', '-p', 'no:cacheprovider'])\n"
        "sys.exit(int(code) or len({'torch', 'numpy', 'click', 'jinja2', 'rich'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=folder, capture_output=True, text=True, check=False)
    assert (done.returncode, "39 tests collected" in done.stdout) == (0, True), done.stdout + done.stderr


def test_being_installed_costs_nothing():
    """Beyond pytest's own modules, the plugin brings what `import grader` brings, and a page of its own."""
    code = "import sys, pytest; before = set(sys.modules); import grader.pytest_plugin.hooks; import json; "
    code += "print(json.dumps(sorted(set(sys.modules) - before)))"
    brought = json.loads(subprocess.run([sys.executable, "-c", code], capture_output=True, check=True).stdout)
    own = [name for name in brought if name.startswith("grader.pytest_plugin")]
    assert own == [f"grader.pytest_plugin{each}" for each in ("", ".head", ".hooks", ".settings")]
    library = {name for name in brought if name.partition(".")[0] not in sys.stdlib_module_names}
    assert library - set(own) == {"grader", "grader.errors", "grader.version"}


def test_pytest_does_not_complain_that_a_package_with_a_plugin_is_imported_already(pytester):
    """What it does at its start for the packages of an installed wheel."""
    pytester.makepyfile(
        test_own="import grader, pytest\npytest.register_assert_rewrite('grader')\ndef test_own(): pass"
    )
    assert pytester.inline_run("-W", "error").ret == 0


def test_the_dots_are_those_of_grade(run, pytester, grade_folder):
    shutil.copytree(MISTAKES, pytester.path / "mine")
    found = outcomes(run("mine"))
    result = grade_folder(MISTAKES)
    assert found == {stage.name: dot(stage) for stage in result.stages}
    assert set(found.values()) == {"passed", "failed", "skipped"}


def dot(stage):
    return "passed" if stage.passed else "failed" if stage.begun else "skipped"


def test_what_is_not_written_is_skipped_unless_a_course_wants_it_to_fail(run, folder, capsys):
    assert outcomes(run(SECOND, "-rs")) == {"dLogitsFast": "skipped"}
    assert "not written yet" in capsys.readouterr().out
    assert outcomes(run(SECOND, *STRICT)) == {"dLogitsFast": "failed"}


def test_a_red_dot_says_why_in_our_words_and_shows_no_traceback(run, pytester, capsys):
    shutil.copytree(MISTAKES, pytester.path / "mine")
    run("mine", "-k", "dCounts or dBatchVariance")
    out = capsys.readouterr().out
    assert "wrong: The path through `sumCounts` is missing" in out
    assert "furthest off at [2, 18]" in out and "dCounts | Exact: False" in out
    assert "Where: ex1_every_expression.py, line 23" in out and "grade hint dCounts" in out
    assert "NameError: name 'batchVarience'" in out and "in dBatchVariance" in out
    assert "Traceback" not in out and "pytest_plugin" not in out and "NotPassed" not in out
    assert "FAILED mine/ex1_every_expression.py::dCounts - wrong: " in out


def test_the_crash_line_is_the_students(run, folder, capsys):
    run(SECOND, "--tb=line", *STRICT)
    assert re.search(rf"{SECOND}:16: missing: Still the stub\.$", capsys.readouterr().out, re.MULTILINE)


def test_only_the_selected_stages_are_graded_and_each_file_once(run, folder, graded):
    assert outcomes(run("-k", "dCounts")) == {"dCounts": "skipped"}
    assert graded == [{"dCounts"}]
    graded.clear()
    run(f"{FIRST}::dCounts", f"{FIRST}::dLogits", SECOND)
    assert graded == [{"dCounts", "dLogits"}, {"dLogitsFast"}]


def test_it_can_be_selected_by_function_and_by_exercise(run, folder):
    assert len(outcomes(run("-k", "backward"))) == 7
    assert set(outcomes(run("-k", "cross-entropy"))) == {"dLogitsFast"}


def test_it_stops_at_the_first_failure_and_runs_the_last_failed(run, pytester, folder):
    assert list(outcomes(run("-x", FIRST, SECOND, *STRICT))) == ["dLogProbabilities"]
    (folder / SECOND).write_text(RIGHT, encoding="utf-8")
    first = pytester.inline_run(SECOND, "ex3_batch_norm.py", *STRICT)
    again = pytester.inline_run("--lf", *STRICT)
    assert (len(outcomes(first)), list(outcomes(again))) == (2, ["dHiddenLayerPreBatchNormStatesFast"])


@pytest.mark.slow
def test_workers_of_xdist_grade_what_they_run(pytester, folder):
    (folder / SECOND).write_text(RIGHT, encoding="utf-8")
    done = pytester.runpytest_subprocess("-n", "2", "-p", "no:cacheprovider", SECOND, "ex3_batch_norm.py", *STRICT)
    done.assert_outcomes(passed=1, failed=1)
    done.stdout.fnmatch_lines(["missing: Still the stub.", "FAILED ex3_batch_norm.py::*missing: Still*"])


COST = {"dCounts": "failed"}


def test_a_syntax_error_is_told_at_the_stage_that_it_costs(run, folder, assignment, capsys):
    text = (folder / FIRST).read_text(encoding="utf-8")
    (folder / FIRST).write_text(text.replace("def dCounts(counts", "def dCounts(counts :"), encoding="utf-8")
    found = outcomes(run(FIRST))
    assert found == dict.fromkeys((stage.name for stage in assignment.exercises[0].stages), "skipped") | COST
    sentences = re.findall(rf"^error: SyntaxError: {FIRST}: .* \(line \d+\)$", capsys.readouterr().out, re.MULTILINE)
    assert len(sentences) == 1


@pytest.mark.parametrize("data", [b"", b"\xff\xfe\x00", b"#" * 300_000], ids=["cut short", "not UTF-8", "too large"])
def test_a_file_that_cannot_be_read_has_its_stages_and_tells_what_is_wrong(run, pytester, data, capsys):
    (pytester.path / "mine.py").write_bytes(HEADER.encode() + data)
    assert outcomes(run()) == {"dLogitsFast": "failed"}
    assert re.search(r"There is no function|is not UTF-8|the limit is 256 kB", capsys.readouterr().out)


def test_an_exercise_there_is_not_is_told_with_the_names_there_are(run, pytester, capsys):
    (pytester.path / "mine.py").write_text("# grade: nameweave/cross-entropie\n", encoding="utf-8")
    run()
    out = capsys.readouterr().out
    assert "Did you mean cross-entropy?" in out and "INTERNALERROR" not in out


def test_a_fault_of_ours_is_an_error_and_no_failure(run, folder, examination, monkeypatch, capsys):
    monkeypatch.setattr(
        "grader.run.grade.grade_submission",
        lambda submission, examination, sandbox: ungraded(submission, examination, "The warm process was lost."),
    )
    reports = run(SECOND).getreports("pytest_runtest_logreport")
    out = capsys.readouterr().out
    assert [(report.when, report.outcome) for report in reports if report.failed] == [("setup", "failed")]
    assert f"ERROR {SECOND}::dLogitsFast" in out and "The warm process was lost." in out
    assert "which is not your fault" in out and "pytest_plugin" not in out.split("short test summary")[0]


def test_a_sandbox_that_does_not_start_is_told_once_in_a_sentence_and_not_tried_for_each_stage(
    run, folder, monkeypatch, capsys
):
    started = []

    def refuse():
        started.append(1)
        raise SandboxError("There is no process to be had.")

    monkeypatch.setattr("grader.sandbox.ours.Sandbox", refuse)
    assert set(outcomes(run(FIRST)).values()) == {"failed"}
    assert len(started) == 1
    assert "There is no process to be had." in capsys.readouterr().out


@pytest.mark.parametrize("name", ["mine.py", "test_mine.py"])
@pytest.mark.parametrize("arguments", [(), ("--doctest-modules",), ("{name}",), ("{name}::dLogitsFast",)], ids=str)
def test_a_students_file_is_never_imported(run, pytester, name, arguments):
    trace = pytester.path / "trace"
    (pytester.path / name).write_text(RIGHT + MARK.format(path=str(trace)), encoding="utf-8")
    assert outcomes(run(*(argument.format(name=name) for argument in arguments))) == {"dLogitsFast": "passed"}
    assert not trace.exists()


def test_a_package_around_it_is_not_imported_either(run, pytester):
    trace = pytester.path / "trace"
    (pytester.path / "mine").mkdir()
    (pytester.path / "mine" / SECOND).write_text(RIGHT, encoding="utf-8")
    (pytester.path / "mine" / "__init__.py").write_text(MARK.format(path=str(trace)), encoding="utf-8")
    assert outcomes(run("mine")) == {"dLogitsFast": "passed"}
    assert outcomes(run(f"mine/{SECOND}::dLogitsFast")) == {"dLogitsFast": "passed"}
    assert not trace.exists()


def test_other_tests_are_left_alone(run, pytester):
    pytester.makepyfile(
        test_own=f"TEXT = '''\n{HEADER}'''\ndef test_own():\n    assert TEXT",
        test_other="# grade: their/own\ndef test_other():\n    pass",
        helper=f"'''\n{HEADER}'''",
    )
    assert {"test_own": "passed", "test_other": "passed"}.items() <= outcomes(run()).items()


def test_other_tests_find_torch_and_the_filters_of_warnings_as_they_were(run, pytester):
    (pytester.path / "a_mine.py").write_text(RIGHT, encoding="utf-8")
    pytester.makepyfile(
        test_own="import torch, warnings, pytest\n"
        "def test_own():\n"
        "    assert torch.get_num_threads() == 3\n"
        "    with pytest.raises(UserWarning):\n"
        "        warnings.warn('x')"
    )
    before = torch.get_num_threads()
    torch.set_num_threads(3)
    try:
        found = outcomes(run("-W", "error"))
    finally:
        torch.set_num_threads(before)
    assert found == {"dLogitsFast": "passed", "test_own": "passed"}


@pytest.mark.slow
def test_the_corpora_of_this_repository_are_no_tests_of_its_own(pytester):
    """Of its own, those of one folder are enough to see that some are found."""
    own = [path for path in ROOT.glob("tests/*/test_*.py") if path.parent.name != "marks"]
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "--collect-only", "-q", "-p", "no:cacheprovider"]
        + [f"--ignore={path}" for path in own],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    files = {line.partition("::")[0] for line in done.stdout.splitlines() if "::" in line}
    assert files and not [file for file in files if not re.fullmatch(r"tests/\w+/test_\w+\.py", file)]


def test_stubs_and_notebook_side_by_side_give_one_dot_for_each_gradient(run, pytester):
    """Of the two forms, the one the student works in."""
    mine = pytester.path / "mine"
    shutil.copytree(STUBS, mine)
    assert {item.path.suffix for item in collected(run, mine)} == {".py"} and len(collected(run, mine)) == 39
    write_in_notebook(mine / "nameweave.ipynb", "dProbabilities", "return dLogProbabilities / probabilities")
    found = outcomes(run("mine"))
    assert len(found) == 39 and [name for name, outcome in found.items() if outcome == "passed"] == ["dProbabilities"]
    shutil.copy(SOLUTIONS / SECOND, mine)
    assert {item.path.name for item in collected(run, mine)} == {"nameweave.ipynb", SECOND}


def test_a_file_that_is_named_is_collected_whatever_is_beside_it(run, pytester):
    shutil.copytree(STUBS, pytester.path / "mine")
    assert len(outcomes(run("mine/nameweave.ipynb"))) == 39


def test_a_file_has_the_stages_of_all_its_header_lines(run, pytester):
    both = "\n".join((STUBS / name).read_text(encoding="utf-8") for name in (SECOND, "ex3_batch_norm.py"))
    (pytester.path / "mine.py").write_text(both, encoding="utf-8")
    assert set(outcomes(run())) == {"dLogitsFast", "dHiddenLayerPreBatchNormStatesFast"}


def test_files_of_several_students_in_one_folder_are_judged_each_by_itself(run, pytester):
    (pytester.path / "ada.py").write_text(RIGHT, encoding="utf-8")
    (pytester.path / "ben.py").write_text((STUBS / SECOND).read_text(encoding="utf-8"), encoding="utf-8")
    reports = [r for r in run(*STRICT).getreports("pytest_runtest_logreport") if r.when == "call"]
    assert {report.nodeid: report.outcome for report in reports} == {
        "ada.py::dLogitsFast": "passed",
        "ben.py::dLogitsFast": "failed",
    }


def test_a_file_may_import_those_beside_it(run, pytester):
    text = RIGHT.replace("dLogitsFast", "written")
    (pytester.path / "helper.py").write_text(text.replace(HEADER, "from deeper import *\n"), encoding="utf-8")
    (pytester.path / "deeper.py").write_text("import torch\n", encoding="utf-8")
    (pytester.path / "mine.py").write_text(HEADER + "from helper import written as dLogitsFast\n", encoding="utf-8")
    assert [source.name for source in submission_of(pytester.path / "mine.py").sources] == [
        "helper.py",
        "deeper.py",
        "mine.py",
    ]
    assert outcomes(run()) == {"dLogitsFast": "passed"}


def test_what_a_file_imports_is_looked_for_among_what_is_there(tmp_path):
    names = [f"n{number}" for number in range(60)]
    for name in names:
        (tmp_path / f"{name}.py").write_text("x = 1\n", encoding="utf-8")
    mine = tmp_path / "mine.py"
    mine.write_text(f"import {'a' * 5_000}, {', '.join(names)}\n", encoding="utf-8")
    sources = [source.name for source in submission_of(mine).sources]
    assert len(sources) == FILES_CAP and sources[-1] == "mine.py"


def test_a_link_to_a_file_elsewhere_is_not_read(run, pytester, capsys):
    mine = pytester.path / "mine"
    mine.mkdir()
    (mine / "linked.py").symlink_to(SOLUTIONS / SECOND)
    (mine / "secret.py").symlink_to(SOLUTIONS / SECOND)
    (mine / "importing.py").write_text(HEADER + "from secret import dLogitsFast\n", encoding="utf-8")
    reports = [r for r in run("mine").getreports("pytest_runtest_logreport") if r.when == "call"]
    assert len(reports) == 3 and {report.outcome for report in reports} == {"failed"}
    assert "is a link to a file outside its folder" in capsys.readouterr().out


def test_the_file_for_junit_is_valid_and_has_scores_whatever_a_student_writes(run, pytester):
    evil = "\x1b[31m]]>&<b>\x00\x01\ufffe\u202e\ud800"
    text = f"{HEADER}def dLogitsFast(logits):\n    print({evil!r})\n    raise ValueError({evil!r})\n"
    (pytester.path / "evil \x1b<&\u202e.py").write_text(text, encoding="utf-8")
    (pytester.path / "right.py").write_text(RIGHT, encoding="utf-8")
    run("--junitxml", "junit.xml", "-o", "junit_logging=all")
    cases = ElementTree.parse(pytester.path / "junit.xml").getroot().findall(".//testcase")
    values = [{each.get("name"): each.get("value") for each in case.findall(".//property")} for case in cases]
    assert values[0] == {"score": "0.0", "max_score": "1", "verdict": "error"}
    assert (values[1]["score"], values[1]["max_score"]) == ("1.0", "1")
    assert values[1]["verdict"] in ("exact", "approximate")
    failure = cases[0].find("failure")
    assert "\\x1b[31m]]>&<b>" in failure.text and "\u202e" not in failure.text
    assert "\\x1b" in cases[0].get("classname")


def test_nothing_a_student_writes_reaches_the_terminal_as_a_command(run, pytester, capsys):
    evil = "a\n::error title=x::y\n \u00a0::warning::z\n##[error]w ##vso[task.complete]v \x1b[2J"
    text = f"{HEADER}def dLogitsFast(logits):\n    print({evil!r})\n    raise ValueError({evil!r})\n"
    (pytester.path / "::notice title=x::y \x1b[2J.py").write_text(text, encoding="utf-8")
    run("-vv")
    out = capsys.readouterr().out
    assert out.count(": :error title=x::y") == 1 + 1 and "title=x::y \\x1b[2J.py" in out
    assert not [line for line in out.splitlines() if re.search(r"^\s*::|##(?:vso)?\[|\x1b", line)]


def test_what_costs_no_marks_is_in_the_report(run, pytester):
    text = RIGHT.replace("    return ", "    return (").replace("batchSize\n", "batchSize).double()\n")
    (pytester.path / "mine.py").write_text(text, encoding="utf-8")
    (report,) = [r for r in run().getreports("pytest_runtest_logreport") if r.when == "call"]
    assert report.passed and "float64" in dict(report.sections)["Captured warnings call"]


def test_only_header_lines_of_assignments_we_have_count(tmp_path):
    path = tmp_path / "mine.py"
    for text, exercise in (
        (f"\ufeff{HEADER}", "cross-entropy"),
        (f"import torch\n\n{HEADER}", "cross-entropy"),
        ("# grade: elsewhere/part\n", None),
        (f"x = 1  {HEADER}", None),
    ):
        path.write_text(text, encoding="utf-8")
        header = header_in(path, promising_head(path))
        assert (header and header.exercise) == exercise
    path.write_text(HEADER, encoding="utf-16")
    assert header_in(path, promising_head(path)).exercise == "cross-entropy"


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes with a name here")
@pytest.mark.timeout(20)
def test_a_pipe_beside_a_file_is_not_waited_for(tmp_path):
    os.mkfifo(tmp_path / "ex1.py")
    assert not promising_head(tmp_path / "ex1.py")


def test_harmless_text_keeps_its_lines():
    assert logged("a\tb\nc: d ::e") == "a\tb\nc: d ::e"
