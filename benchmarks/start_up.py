"""Whole-process times of `grade`, as ratios to `python -c "import torch"` within one run.

The commands take turns, so that a machine that is slow for a while is slow for all of them; the ratio is taken round by
round and the median given. Run it on a quiet machine: `make bench`.
"""

import shutil
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
    "grade, 28 gradients, with report": ([GRADE, "gradients"], 1.4),
    "grade, these and the training exercise": ([GRADE, ROOT / "solutions" / "nameweave"], 1.5),
    "grade --help": ([GRADE, "--help"], 0.15),
    "grade hint dCounts": ([GRADE, "hint", "dCounts"], 0.15),
}


def seconds(command: Sequence[str | Path], folder: str) -> float:
    start = time.perf_counter()
    done = subprocess.run([str(part) for part in command], cwd=folder, stdout=subprocess.DEVNULL, check=False)
    assert done.returncode in (0, 1), command
    return time.perf_counter() - start


def main() -> None:
    ratios: dict[str, list[float]] = {name: [] for name in COMMANDS}
    bases = []
    with tempfile.TemporaryDirectory() as folder:
        shutil.copytree(ROOT / "solutions" / "nameweave", Path(folder) / "gradients")
        (Path(folder) / "gradients" / "ex4_training.py").unlink()
        for command in (BASE, *(command for command, _ in COMMANDS.values())):
            seconds(command, folder)
        for _ in range(ROUNDS):
            bases.append(seconds(BASE, folder))
            for name, (command, _) in COMMANDS.items():
                ratios[name].append(seconds(command, folder) / bases[-1])
    print(f'`python -c "import torch"`: median {statistics.median(bases):.2f} s over {ROUNDS} rounds\n')
    print("| command | median ratio | range | aim |\n| --- | --: | --: | --: |")
    for name, (_, limit) in COMMANDS.items():
        values, aim = ratios[name], f"≤ {limit}"
        spread = f"{min(values):.3f} to {max(values):.3f}"
        print(f"| {name} | {statistics.median(values):.3f} | {spread} | {aim} |")


if __name__ == "__main__":
    main()
