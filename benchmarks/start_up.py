"""Whole-process times of `grade`, as ratios to `python -c "import torch"` within one run.

The commands take turns, so that a machine that is slow for a while is slow for all of them; the ratio is taken round by
round and the median given. Run it on a quiet machine: `make bench`.
"""

import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
GRADE = Path(sys.executable).with_name("grade")
ROUNDS = 9
BASE = [sys.executable, "-c", "import torch"]
COMMANDS: dict[str, tuple[Sequence[str | Path], float]] = {
    "grade, full solution, with report": ([GRADE, ROOT / "solutions" / "nameweave"], 1.4),
    "grade --help": ([GRADE, "--help"], 0.15),
    "grade hint dCounts": ([GRADE, "hint", "dCounts"], 0.15),
}


def seconds(command: Sequence[str | Path], folder: str) -> float:
    start = time.perf_counter()
    subprocess.run([str(part) for part in command], cwd=folder, stdout=subprocess.DEVNULL, check=True)
    return time.perf_counter() - start


def main() -> None:
    ratios: dict[str, list[float]] = {name: [] for name in COMMANDS}
    bases = []
    with tempfile.TemporaryDirectory() as folder:
        for command in (BASE, *(command for command, _ in COMMANDS.values())):
            seconds(command, folder)
        for _ in range(ROUNDS):
            bases.append(seconds(BASE, folder))
            for name, (command, _) in COMMANDS.items():
                ratios[name].append(seconds(command, folder) / bases[-1])
    print(f'`python -c "import torch"`: median {statistics.median(bases):.2f} s over {ROUNDS} rounds\n')
    print("| command | median ratio | range | aim |\n| --- | --: | --: | --: |")
    for name, (_, aim) in COMMANDS.items():
        values = ratios[name]
        print(f"| {name} | {statistics.median(values):.3f} | {min(values):.3f} to {max(values):.3f} | ≤ {aim} |")


if __name__ == "__main__":
    main()
