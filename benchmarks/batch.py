"""A class with reports: `grade batch` against one pytest process per hand-in, 200 against 2,000, and a second run.

Everything is given as ratios within this run, and what is compared takes turns. `make bench`, on a quiet machine.
"""

import os
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Sequence
from pathlib import Path

from hand_ins import step_by_step, write_class
from throughput import WORKERS, Pytest

from grader.assignment import load_assignment
from grader.examination import examine

GRADE = Path(sys.executable).with_name("grade")
CLASS, LARGE, ROUNDS = 200, 2_000, 3
BY_PYTEST = 12
"""So many of the class are given to pytest in each round; it takes over a second for each."""
STARTS = 9
TICK = 0.1


def main() -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        print("| measured | ratio | range | aim |\n| --- | --: | --: | --: |", flush=True)
        throughput(folder)
        growth(folder)
        start_up(folder)


def throughput(folder: Path) -> None:
    """Pytest and the whole command take turns; then the command again where everything is done."""
    hand_ins = write_class(folder / "class", CLASS)
    assignment = load_assignment("nameweave")
    by_pytest = Pytest(examine(assignment, step_by_step(assignment), seed="benchmark"), folder)
    by_pytest.seconds(hand_ins[:2])
    ratios, again = [], []
    for number in range(ROUNDS):
        yardstick = by_pytest.seconds(hand_ins[number * BY_PYTEST : (number + 1) * BY_PYTEST])
        first = batch_seconds(folder / "class", folder / "out")
        second = batch_seconds(folder / "class", folder / "out")
        ratios.append(yardstick / (first / CLASS))
        again.append(second / first)
        shutil.rmtree(folder / "out")
    show(f"pytest / the whole command, {CLASS} hand-ins with reports, {WORKERS} workers", ratios, "≥ 40")
    show("a second run with nothing changed / the first", again, "≤ 0.02")


def growth(folder: Path) -> None:
    """What a hand-in costs in a class ten times as large, start-up taken out by the difference; and memory."""
    write_class(folder / "large", LARGE)
    small = Watched([folder / "class", folder / "small-out"])
    large = Watched([folder / "large", folder / "large-out"])
    show(f"a hand-in of {LARGE:,} / one of {CLASS}", [large.seconds / LARGE / (small.seconds / CLASS)], "0.85 to 1.15")
    show(f"most memory, {LARGE:,} / {CLASS}", [large.mib / small.mib], "about 1")
    out = folder / "large-out"
    bytes_each = sum(path.stat().st_size for path in out.rglob("*") if path.is_file()) / LARGE
    reports = sum(path.stat().st_size for path in (out / "reports").iterdir()) / LARGE
    print(
        f"\n{LARGE:,} hand-ins: {large.seconds / LARGE * 1000:.0f} ms and {large.cpu / LARGE * 1000:.0f} ms of "
        f"processor each, {large.mib:.0f} MiB in all, {bytes_each / 1024:.0f} KiB on disk each "
        f"({reports / 1024:.0f} of them the report)\n"
    )


class Watched:
    """A run of the command, its time, and the memory of all its processes together at most."""

    def __init__(self, arguments: Sequence[Path]) -> None:
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        start = time.perf_counter()
        process = subprocess.Popen(command(*arguments), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        self.mib = 0.0
        watcher = threading.Thread(target=self._watch, args=(process,))
        watcher.start()
        assert process.wait() == 0
        self.seconds = time.perf_counter() - start
        watcher.join()
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        self.cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime

    def _watch(self, process: "subprocess.Popen[bytes]") -> None:
        while process.poll() is None:
            self.mib = max(self.mib, sum(proportional_mib(pid) for pid in family(process.pid)))
            time.sleep(TICK)


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
    """A class of one against `grade` for the same hand-in; they take turns."""
    (folder / "one").mkdir()
    hand_in = folder / "one" / "student"
    shutil.copytree(folder / "class" / "student000", hand_in)
    ratios = []
    for _ in range(STARTS):
        alone = seconds([str(GRADE), str(hand_in), "--assignment", "nameweave", "--html", str(folder / "report.html")])
        ratios.append(batch_seconds(folder / "one", folder / "one-out") / alone)
        shutil.rmtree(folder / "one-out")
    show("a class of one / `grade` itself", ratios, "≤ 1.1")


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
