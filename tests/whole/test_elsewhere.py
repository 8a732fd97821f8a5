"""Windows and macOS, as far as they can be pretended on Linux: everything works there, and what is missing is said."""

import csv
import json
import os
import queue
import shutil
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from grader.errors import SandboxError
from grader.kernel import provisioner
from grader.report.verdicts import exposed
from grader.sandbox.border.messages import Wanted
from grader.sandbox.ours import clock
from grader.sandbox.ours.children import Spawned
from grader.sandbox.ours.talk import death
from grader.submission import read_submission
from helpers.classes import submissions_in
from helpers.command import GRADE, grade
from helpers.elsewhere import elsewhere
from helpers.places import MISTAKES, SOLUTIONS
from helpers.slope import SOLUTION, write_slope
from helpers.solution import CROSS_ENTROPY

pytestmark = pytest.mark.slow

PLATFORMS = ["win32", "darwin"]
"""What takes the same way on both is tried on one."""
IMPORT_ALL = """
import importlib, os, pkgutil, sys
import bleach, ipykernel.kernelapp, jupyter_client.provisioning, nbclient, nbconvert, pytest
import grader
assert sys.platform == "PLATFORM" and not hasattr(os, "fork")
for module in pkgutil.walk_packages(grader.__path__, "grader."):
    if module.name != "grader.exercises" and not module.name.startswith("grader.batch.cluster"):
        importlib.import_module(module.name)
        print(module.name)
"""


@pytest.fixture(params=PLATFORMS)
def there(request, tmp_path):
    """Run the command on another system."""
    environment = elsewhere(tmp_path / "customize", request.param)

    def run(*arguments):
        return grade(*arguments, cwd=tmp_path, **environment)

    run.platform, run.environment = request.param, environment
    return run


def test_every_module_can_be_imported(there, tmp_path):
    """But for those that load `distributed`, which wants the real Windows."""
    code = IMPORT_ALL.replace("PLATFORM", there.platform)
    done = subprocess.run(
        [sys.executable, "-c", code], env=there.environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert {"grader.sandbox.theirs.zygote", "grader.kernel.server", "grader.watching.file_events"} <= set(
        done.stdout.split()
    )


def test_the_solution_passes_and_the_report_says_that_nothing_confined_it(there, tmp_path):
    done = there(SOLUTIONS, "--json", "result.json")
    assert done.returncode == 0, done.stdout + done.stderr
    result = json.loads((tmp_path / "result.json").read_text(encoding="utf-8"))
    assert result["score"] == 39
    assert set(result["grader"]["isolation"].values()) == {"unavailable"} and "network" in result["grader"]["isolation"]
    page = (tmp_path / "report.html").read_text(encoding="utf-8")
    assert "landlock unavailable" in page and "the code could do whatever the person grading could" in page


@pytest.mark.parametrize("there", ["darwin"], indirect=True)
def test_a_loop_without_end_costs_the_processor_time_it_may_use_and_no_more(there, tmp_path):
    text = CROSS_ENTROPY.replace("    gradient = F", "    while True: pass\n    gradient = F", 1)
    (tmp_path / "loops.py").write_text(text, encoding="utf-8")
    done = there("loops.py", "--exercise", "cross-entropy", "--timeout", "1", "--no-html")
    assert done.returncode == 1 and "still computing after 1 s of processor time" in done.stdout


@pytest.mark.parametrize("there", ["darwin"], indirect=True)
def test_what_is_missing_is_told_by_the_doctor_and_where_one_insists(there):
    done = there("doctor")
    assert done.returncode == 0 and "a new Python process each time" in done.stdout
    assert "Not in force here: landlock, seccomp" in done.stdout and "use Linux with Landlock" in done.stdout
    refused = there(SOLUTIONS, "--require-isolation")
    assert refused.returncode == 3 and "Traceback" not in refused.stderr and "so nothing was run" in refused.stderr


@pytest.mark.parametrize("there", ["win32"], indirect=True)
def test_a_class_is_graded_where_one_trusts_it_and_not_otherwise(there, tmp_path):
    for name in ("ada", "grace"):
        (tmp_path / "class" / name).mkdir(parents=True)
        (tmp_path / "class" / name / "layer.py").write_text(f"# grade: slope/layer\n{SOLUTION}", encoding="utf-8")
    (tmp_path / "slope").mkdir()
    batch = ("batch", "class", "-o", "out", "--assignment", write_slope(tmp_path / "slope"))
    refused = there(*batch, "--workers", "1")
    assert refused.returncode == 3 and "--trust" in refused.stderr and not (tmp_path / "out" / "reports").exists()
    done = there(*batch, "--workers", "2", "--trust")
    assert done.returncode == 0, done.stdout + done.stderr
    book = (tmp_path / "out" / "gradebook.csv").read_text(encoding="utf-8")
    scores = {row["id"]: row["score"] for row in csv.DictReader(book.splitlines())}
    assert scores == {"ada": "6", "grace": "6"}
    lines = (tmp_path / "out" / "results.jsonl").read_text(encoding="utf-8").splitlines()
    assert {json.loads(line)["grader"]["isolation"]["landlock"] for line in lines} == {"unavailable"}


@pytest.mark.parametrize("there", ["darwin"], indirect=True)
def test_one_can_train_there(there, tmp_path):
    done = there("train", SOLUTIONS, "--steps", "100")
    assert done.returncode == 0 and "steps per second" in done.stdout, done.stderr


@pytest.mark.parametrize("there", ["win32"], indirect=True)
def test_saves_are_followed_there(there, tmp_path):
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "answers.py").write_text(CROSS_ENTROPY, encoding="utf-8")
    command = [GRADE, "watch", "mine", "--exercise", "cross-entropy"]
    lines: queue.Queue[str] = queue.Queue()
    with subprocess.Popen(
        command, cwd=tmp_path, env=there.environment, stdout=subprocess.PIPE, encoding="utf-8"
    ) as process:

        def read():
            for line in process.stdout:
                lines.put(line)

        threading.Thread(target=read, daemon=True).start()
        try:
            assert "Score 1 / 1" in until(lines, "Ctrl-C ends it.")
            (tmp_path / "mine" / "answers.py").write_text(CROSS_ENTROPY.replace("/ batchSize", ""), encoding="utf-8")
            assert "✗ wrong, was" in until(lines, "Score 0 / 1")
            (tmp_path / "mine" / "answers.py").write_text(CROSS_ENTROPY, encoding="utf-8")
            assert ", was wrong" in until(lines, "Score 1 / 1")
        finally:
            process.kill()


def until(lines, wanted):
    said = ""
    while wanted not in said:
        said += lines.get(timeout=120)
    return said


# What the pretence does not reach, piece by piece


def test_a_process_that_is_prepared_is_the_one_that_is_used_next():
    children = Spawned()
    children.prepare()
    try:
        spare = children._spare.process
        channels = children.start(Wanted(()))
        assert channels.pid == spare.pid and children._spare is None
        children.prepare()
        assert children._spare.process.pid != spare.pid
    finally:
        children.close()
        channels.close()
    assert children._spare is None and spare.poll() is not None


def test_a_prepared_process_that_died_is_replaced():
    children = Spawned()
    children.prepare()
    try:
        dead = children._spare.channels.pid
        children._spare.end()
        channels = children.start(Wanted(()))
        assert channels.pid != dead
    finally:
        children.close()
        channels.close()


@pytest.mark.parametrize("carried", [False, True])
def test_a_process_that_cannot_be_started_is_said_to_be_and_leaves_no_socket(monkeypatch, carried):
    monkeypatch.setattr("grader.sandbox.ours.children._python", lambda: "/nowhere/python")
    children = Spawned(carried=carried)
    children.prepare()
    assert children._spare is None
    with pytest.raises(SandboxError, match="cannot be started"):
        children.start(Wanted(()))


def test_processor_time_is_told_elsewhere_as_it_is_here(monkeypatch):
    import psutil  # noqa: F401, which would take itself for that of another system

    sum(number * number for number in range(300_000))
    here = clock.cpu_seconds(os.getpid())
    monkeypatch.setattr(clock.sys, "platform", "darwin")
    assert clock.cpu_seconds(os.getpid()) == pytest.approx(here, abs=0.5) and clock.cpu_seconds(1 << 22) == 0


def test_a_crash_of_windows_is_called_one():
    assert "0xC0000005" in death(0xC0000005).message and "exit status 3" in death(3).message
    assert "SIGSEGV" in death(-11).message


def test_no_report_has_a_name_that_windows_keeps_for_devices(tmp_path):
    for name in ("CON", "nul", "Com1", "lpt9", "console", "aux.py"):
        (tmp_path / name).mkdir() if "." not in name else (tmp_path / name).write_text("", encoding="utf-8")
    slugs = {each.id: each.slug for each in submissions_in(tmp_path)}
    assert slugs == {
        "CON": "CON_",
        "nul": "nul_",
        "Com1": "Com1_",
        "lpt9": "lpt9_",
        "console": "console",
        "aux": "aux_",
    }


def test_files_in_folders_are_named_with_slashes_everywhere(tmp_path):
    (tmp_path / "week1").mkdir()
    (tmp_path / "week1" / "a.py").write_text("x = 1\n", encoding="utf-8")
    assert read_submission(tmp_path).files == ("week1/a.py",)


def test_line_ends_do_not_make_another_assignment(tmp_path, assignment):
    from grader.assignment import load_assignment

    shutil.copytree(assignment.folder, tmp_path / "copy")
    for path in (tmp_path / "copy").rglob("*"):
        if path.suffix in (".toml", ".py"):
            path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))
    assert load_assignment(tmp_path / "copy").sha256 == assignment.sha256


@pytest.mark.parametrize("encoding", ["cp1252", "cp437", "ascii"])
def test_a_console_that_cannot_show_a_mark_shows_something_else(encoding, tmp_path):
    done = subprocess.run(
        [GRADE, MISTAKES, "--exercise", "cross-entropy", "--no-html"],
        env=os.environ | {"PYTHONIOENCODING": encoding, "PYTHONUTF8": "0"},
        cwd=tmp_path,
        capture_output=True,
        check=False,
    )
    assert done.returncode == 1 and b"Traceback" not in done.stderr
    assert "wrong" in done.stdout.decode(encoding) and "Score 0 / 1" in done.stdout.decode(encoding)


def test_kernels_are_started_the_ordinary_way_where_forking_is_not_safe(monkeypatch):
    nbformat = pytest.importorskip("nbformat")
    from grader.kernel.execute import execute

    def refuse():
        raise AssertionError("a warm process was asked for")

    monkeypatch.setattr(provisioner, "HAS_WARM_PROCESS", False)
    monkeypatch.setattr(provisioner, "_server", refuse)
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell("1 + 1")])
    done, problem = execute(notebook, Path.cwd())
    assert not problem and done.cells[0].outputs[0]["data"]["text/plain"] == "2"


def test_what_did_not_hold_is_what_is_listed_as_such():
    assert exposed({"a": "enforced", "b": "unavailable", "c": "not enforced", "landlock-abi": "7"}) == ["b", "c"]
