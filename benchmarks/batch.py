"""A class with reports: `grade batch` against one pytest process per submission, 200 against 2,000, and a second run.

Everything is given as ratios within this run, and what is compared takes turns. `make bench`, on a quiet machine.
"""

import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

from throughput import WORKERS, Pytest

from grader.assignment import load_assignment
from grader.border import Source
from grader.report.page import render
from grader.run.exam import examine
from grader.run.grade import Graded, grade_submission
from grader.sandbox.ours import Sandbox
from grader.sandbox.ours.children import Forked
from grader.submission import Submission, read_submission
from submissions import step_by_step, write_class

GRADE = Path(sys.executable).with_name("grade")
CLASS, LARGE, ROUNDS = 200, 2_000, 3
BY_PYTEST = 12
"""So many of the class are given to pytest in each round; it takes over a second for each."""
STARTS = 9
SAMPLE = 40
TICK = 0.1


def main() -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        print("| measured | ratio | range | aim |\n| --- | --: | --: | --: |", flush=True)
        throughput(folder)
        growth(folder)
        start_up(folder)
        where_it_goes(folder)


def throughput(folder: Path) -> None:
    """Pytest and the whole command take turns; then the command again where everything is done."""
    submissions = write_class(folder / "class", CLASS)
    assignment = load_assignment("nameweave")
    by_pytest = Pytest(examine(assignment, step_by_step(assignment), seed="benchmark"), folder)
    by_pytest.seconds(submissions[:2])
    ratios, again = [], []
    for number in range(ROUNDS):
        yardstick = by_pytest.seconds(submissions[number * BY_PYTEST : (number + 1) * BY_PYTEST])
        first = batch_seconds(folder / "class", folder / "out")
        second = batch_seconds(folder / "class", folder / "out")
        ratios.append(yardstick / (first / CLASS))
        again.append(second / first)
        shutil.rmtree(folder / "out")
    show(f"pytest / the whole command, {CLASS} submissions with reports, {WORKERS} workers", ratios, "≥ 40")
    show("a second run with nothing changed / the first", again, "≤ 0.02")


def growth(folder: Path) -> None:
    """What a submission costs in a class ten times as large, start-up included, and what it takes in all."""
    write_class(folder / "large", LARGE)
    small = Watched(folder / "class", folder / "small-out")
    large = Watched(folder / "large", folder / "large-out")
    show(
        f"a submission of {LARGE:,} / one of {CLASS}", [large.seconds / LARGE / (small.seconds / CLASS)], "0.85 to 1.15"
    )
    show(f"most memory, {LARGE:,} / {CLASS}", [large.mib / small.mib], "about 1")
    out = folder / "large-out"
    kib = {
        name: sum(path.stat().st_size for path in out.glob(pattern)) / LARGE / 1024
        for name, pattern in (("reports", "reports/*"), ("results.jsonl", "*.jsonl"), ("store", "*.sqlite*"))
    }
    print(f"| most memory of {LARGE:,}, all processes | {large.mib:.0f} MiB | | |")
    print(f"| processor time of one, of {LARGE:,} | {large.cpu / LARGE * 1000:.0f} ms | | |")
    print(f"| wall time of one, of {LARGE:,}, {WORKERS} workers | {large.seconds / LARGE * 1000:.0f} ms | | |")
    print(f"| disk of one: {', '.join(kib)} | {', '.join(f'{size:.0f}' for size in kib.values())} KiB | | |")


class Watched:
    """A run of the command: its time, and of all its processes together the processor time, and the memory at most."""

    def __init__(self, folder: Path, out: Path) -> None:
        self.mib = self.cpu = 0.0
        start = time.perf_counter()
        process = subprocess.Popen(command(folder, out), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        while process.poll() is None:
            pids = family(process.pid)
            self.mib = max(self.mib, sum(proportional_mib(pid) for pid in pids))
            self.cpu = max(self.cpu, sum(cpu_seconds(pid) for pid in pids))
            time.sleep(TICK)
        self.seconds = time.perf_counter() - start
        assert process.returncode == 0


def cpu_seconds(pid: int) -> float:
    """What a process has used, and those of its children that have ended."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    except OSError:
        return 0.0
    return sum(map(int, fields[11:15])) / os.sysconf("SC_CLK_TCK")


def family(pid: int) -> list[int]:
    """A process and all below it."""
    found = [pid]
    for each in found:
        try:
            for tasks in Path(f"/proc/{each}/task").glob("*/children"):
                found += [int(child) for child in tasks.read_text(encoding="utf-8").split()]
        except OSError:
            pass
    return found


def proportional_mib(pid: int) -> float:
    """The memory of a process; what it shares counts in parts."""
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="utf-8").splitlines()
    except OSError:
        return 0.0
    return sum(int(line.split()[1]) for line in lines if line.startswith("Pss:")) / 1024


def start_up(folder: Path) -> None:
    """A class of one against `grade` for the same submission; they take turns."""
    (folder / "one").mkdir()
    submission = folder / "one" / "student"
    shutil.copytree(folder / "class" / "student000", submission)
    ratios = []
    for _ in range(STARTS):
        alone = seconds(
            [str(GRADE), str(submission), "--assignment", "nameweave", "--html", str(folder / "report.html")]
        )
        ratios.append(batch_seconds(folder / "one", folder / "one-out") / alone)
        shutil.rmtree(folder / "one-out")
    show("a class of one / `grade` itself", ratios, "≤ 1.1")


def where_it_goes(folder: Path) -> None:
    """The processor time of one submission, by who uses it and for what; no looking for slips, since all is right."""
    assignment = load_assignment("nameweave")
    examination = examine(assignment, step_by_step(assignment), seed="benchmark")
    submissions = [read_submission(path) for path in sorted((folder / "class").iterdir())[:SAMPLE]]
    with Sandbox() as sandbox:

        def opened(sources: Sequence[Source]) -> None:
            with sandbox.open(sources, examination.wanted):
                pass

        def graded(submission: Submission) -> Graded:
            return grade_submission(submission, examination, sandbox)

        def page(submission: Submission, made: Graded) -> str:
            return render(made.result, assignment, submission.texts, made.error_maps)

        results = [graded(each) for each in submissions]
        _, empty = _spent(sandbox, [partial(opened, [Source("empty.py", "")])] * SAMPLE)
        _, loaded = _spent(sandbox, [partial(opened, each.sources) for each in submissions])
        grader, child = _spent(sandbox, [partial(graded, each) for each in submissions])
        reports, _ = _spent(sandbox, [partial(page, *each) for each in zip(submissions, results, strict=True)])
    parts = {
        "child: fork, confine, end": empty,
        "child: read and run the sources": loaded - empty,
        "child: answer": child - loaded,
        "grader: ask and judge": grader,
        "report": reports,
    }
    print("\n| processor time of one | ms | share |\n| --- | --: | --: |")
    for what, seconds in parts.items():
        print(f"| {what} | {seconds * 1000:.1f} | {seconds / sum(parts.values()):.0%} |", flush=True)


def _spent(sandbox: Sandbox, calls: Sequence[Callable[[], object]]) -> tuple[float, float]:
    """The processor time of each call in this process, and in those of the submissions."""
    children = sandbox._children
    assert isinstance(children, Forked)
    before, start = cpu_seconds(children._pid), time.process_time()
    for call in calls:
        call()
    return (time.process_time() - start) / len(calls), (cpu_seconds(children._pid) - before) / len(calls)


def command(folder: Path, out: Path) -> list[str]:
    return [str(GRADE), "batch", str(folder), "-o", str(out), "--workers", str(WORKERS)]


def batch_seconds(folder: Path, out: Path) -> float:
    return seconds(command(folder, out))


def seconds(arguments: Sequence[str]) -> float:
    start = time.perf_counter()
    done = subprocess.run(arguments, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False, cwd=os.sep)
    assert done.returncode in (0, 1), arguments
    return time.perf_counter() - start


def show(what: str, ratios: Sequence[float], aim: str) -> None:
    spread = f"{min(ratios):.3g} to {max(ratios):.3g}" if len(ratios) > 1 else ""
    print(f"| {what} | {statistics.median(ratios):.3g} | {spread} | {aim} |", flush=True)


if __name__ == "__main__":
    main()
