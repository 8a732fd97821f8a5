"""A class of 200: `grade batch` against a pytest process per submission, confinement against none, and 2,000 runs.

Everything is given as ratios within this run. `make bench`, on a quiet machine.
"""

import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

import torch

from grader.assignment import load_assignment
from grader.batch.batch import ClassRun
from grader.batch.settings import Terms
from grader.batch.store import Store
from grader.batch.workers import Crew
from grader.classroom.layout import open_class
from grader.classroom.own_output import STORE
from grader.report.page import render
from grader.run.exam import Examination, examine
from grader.run.grade import grade_submission
from grader.sandbox.ours import Sandbox
from grader.sandbox.ours.children import Forked
from grader.sandbox.ours.question import Question
from grader.sandbox.theirs.confinement import Confinement
from grader.submission import Submission, read_submission
from submissions import step_by_step, write_class

CLASS, WORKERS = 200, 2
BY_PYTEST = 24
"""So many of the class are given to pytest; it takes over a second for each."""
IN_A_ROW = 2_000
PYTEST = """
import inspect, os, pathlib
import pytest, torch

FOLDER = pathlib.Path(os.environ["SUBMISSION"])
NAMES = {}
for file in sorted(FOLDER.glob("*.py")):
    exec(compile(file.read_text(), str(file), "exec"), space := {})
    NAMES |= space
CASES = torch.load(os.environ["CASES"], weights_only=True)

@pytest.mark.parametrize("stage", sorted(CASES))
def test_gradient(stage):
    given, expected = CASES[stage]["given"], CASES[stage]["expected"]
    function = NAMES[stage]
    bound = [name for name in inspect.signature(function).parameters if name in given]
    answer = function(**{name: given[name] for name in bound})
    assert torch.allclose(answer, expected, rtol=1e-4, atol=1e-7)
"""


def main() -> None:
    assignment = load_assignment("nameweave")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        submissions = write_class(folder / "class", CLASS)
        unconfined = _unconfined_sandbox()
        examination = examine(assignment, step_by_step(assignment), seed="benchmark")
        pytest = Pytest(examination, folder)
        pytest.seconds(submissions[:1])
        by_pytest = pytest.seconds(submissions[:BY_PYTEST])
        by_us = batch_seconds(folder / "class", folder / "out")
        whole = command_seconds(folder / "class", folder / "out2")
        print(f"one pytest process per submission, {WORKERS} at a time: {by_pytest:.2f} s for each\n")
        print("| measured | ratio | aim |\n| --- | --: | --: |")
        print(f"| pytest / grading a class of {CLASS}, {WORKERS} zygotes, no report | {by_pytest / by_us:.1f} | ≥ 50 |")
        print(f"| pytest / the whole command `grade batch --no-html`, start-up included | {by_pytest / whole:.1f} | |")
        with Sandbox() as confined, unconfined:
            rate = confinement_ratio(submissions, examination, confined, unconfined)
            print(f"| confined / the same fork without confinement | {rate:.2f} | ≤ 1.25 |")
            warm = warm_seconds(submissions[0], examination, confined) / import_seconds()
            print(f"| full solution with report, warm / `import torch` | {warm:.3f} | ≤ 0.12 |")
            endurance(submissions, examination, confined)


class Pytest:
    """One pytest process for each submission. The references are made beforehand, which favours pytest."""

    def __init__(self, examination: Examination, folder: Path) -> None:
        cases = {}
        for exercise in examination.exercises:
            course = examination.probes[exercise.name][0]
            for stage in exercise.stages:
                given = dict(course.offer(stage))
                cases[stage.name] = {"given": given, "expected": course.expected[stage.name].gradient.float()}
        self._folder, self._count = folder, len(cases)
        torch.save(cases, folder / "cases.pt")
        (folder / "test_submission.py").write_text(PYTEST, encoding="utf-8")

    def seconds(self, submissions: list[Path]) -> float:
        """Wall time for each submission."""
        return _seconds(lambda: _in_parallel(self._run, submissions)) / len(submissions)

    def _run(self, submission: Path) -> None:
        environment = os.environ | {"SUBMISSION": str(submission), "CASES": str(self._folder / "cases.pt")}
        command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "test_submission.py"]
        done = subprocess.run(command, env=environment, cwd=self._folder, capture_output=True, text=True, check=False)
        assert done.returncode == 0 and f"{self._count} passed" in done.stdout, done.stdout


def _in_parallel(run: Callable[[Path], None], submissions: list[Path]) -> None:
    with ThreadPoolExecutor(WORKERS) as pool:
        list(pool.map(run, submissions))


def batch_seconds(folder: Path, out: Path) -> float:
    """Wall time for each submission of a class, from the first result to the last."""
    assignment = load_assignment("nameweave")
    times = []
    with Crew(WORKERS) as crew, open_class(folder) as found, Store(out / STORE) as store:
        terms = Terms(assignment, step_by_step(assignment), "benchmark")
        run = ClassRun(found.submissions, terms, store, out, reports=False)
        run.grade(crew, lambda: times.append(time.perf_counter()))
        assert run.counts()["graded"] == CLASS
    return (times[-1] - times[0]) / (len(times) - 1)


def command_seconds(folder: Path, out: Path) -> float:
    grade = Path(sys.executable).with_name("grade")
    command = [str(grade), "batch", str(folder), "-o", str(out), "--no-html", "--workers", str(WORKERS)]
    return _seconds(lambda: subprocess.run(command, check=True, stdout=subprocess.DEVNULL)) / CLASS


def confinement_ratio(paths: list[Path], examination: Examination, confined: Sandbox, unconfined: Sandbox) -> float:
    """The two take turns."""
    submissions = [read_submission(path) for path in paths[:50]]
    ratios = []
    for submission in submissions:
        with_border, without = (
            _seconds(partial(grade_submission, submission, examination, sandbox)) for sandbox in (confined, unconfined)
        )
        ratios.append(with_border / without)
    return statistics.median(ratios)


def _unconfined_sandbox() -> Sandbox:
    """One whose children give nothing up; forked from here, so that what is replaced here is replaced there."""
    put_on, Confinement.put_on = Confinement.put_on, lambda self, channel, memory: None  # type: ignore[method-assign]
    sandbox = Sandbox(start="fork")
    Confinement.put_on = put_on  # type: ignore[method-assign]
    assert "network" in sandbox.gaps
    return sandbox


def warm_seconds(path: Path, examination: Examination, sandbox: Sandbox) -> float:
    submission = read_submission(path)

    def once() -> None:
        graded = grade_submission(submission, examination, sandbox)
        render(graded.result, examination.assignment, submission.texts, graded.error_maps)

    return statistics.median(_seconds(once) for _ in range(20))


def import_seconds() -> float:
    command = [sys.executable, "-c", "import torch"]
    return statistics.median(_seconds(lambda: subprocess.run(command, check=True)) for _ in range(5))


def endurance(paths: list[Path], examination: Examination, sandbox: Sandbox) -> None:
    """What two thousand submissions leave behind."""
    assert isinstance(sandbox._children, Forked)
    zygote = sandbox._children._pid
    submissions = [read_submission(path) for path in paths]
    own = [child_mib(submission, examination, sandbox) for submission in submissions[:10]]
    for number in range(100):
        grade_submission(submissions[number % CLASS], examination, sandbox)
    before = {pid: (_resident_mib(pid), _descriptors(pid)) for pid in (os.getpid(), zygote)}
    for number in range(IN_A_ROW):
        grade_submission(submissions[number % CLASS], examination, sandbox)
    for who, pid in (("grader", os.getpid()), ("zygote", zygote)):
        memory, descriptors = _resident_mib(pid) - before[pid][0], _descriptors(pid) - before[pid][1]
        print(
            f"| growth of the {who} over {IN_A_ROW:,} in a row | {memory:+.1f} MiB, {descriptors:+} descriptors | 0 |"
        )
    print(f"| own memory of a child, most of {len(own)} | {max(own):.1f} MiB | ≤ 30 MiB |")


def child_mib(submission: Submission, examination: Examination, sandbox: Sandbox) -> float:
    """What a child that has answered everything holds for itself, beyond what it shares with the zygote."""
    session = sandbox.open(submission.sources, examination.wanted)
    with session:
        for exercise, name in ((e, s.asked) for e in examination.exercises for s in e.stages):
            offers = examination.offers(exercise, name)
            session.ask(Question(name, session.loaded.functions[name][0], offers))
        assert session._child
        lines = Path(f"/proc/{session._child.pid}/smaps_rollup").read_text(encoding="utf-8").splitlines()
    return sum(int(line.split()[1]) for line in lines if line.startswith("Private_")) / 1024


def _resident_mib(pid: int) -> float:
    pages = int(Path(f"/proc/{pid}/statm").read_text(encoding="utf-8").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / (1 << 20)


def _descriptors(pid: int) -> int:
    return len(list(Path(f"/proc/{pid}/fd").iterdir()))


def _seconds(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


if __name__ == "__main__":
    main()
