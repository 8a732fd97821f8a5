"""What a cell with `check` takes once it is warm, and training in a notebook with one thread, as ratios within one run.

The kernel is IPython's, in this process; what judges is the process that every kernel has. Before each call torch is
imported in a process of its own, so that a machine that is slow for a while slows both down.
"""

import re
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from IPython.core.interactiveshell import InteractiveShell
from notebooks import functions
from start_up import BASE, ROOT, seconds

from grader.assignment import load_assignment

ROUNDS = 10
CHECKS = {
    "check(dCounts), right": "check(dCounts)",
    "check(dSumCounts), wrong": "check(dSumCounts)",
    "check(), 28 gradients": "check()",
    "check(backward), seven gradients": "check(backward)",
}
SLIP = ("-(sumCounts", "(sumCounts")
TRAINING = "update-train"
STEPS, TRAINED = 300, 5
BUSY = 2
"""So many other processes compute meanwhile."""


def main() -> None:
    solutions = sorted((ROOT / "solutions" / "nameweave").glob("*.py"))
    generated = load_assignment("nameweave").folder / "nameweave.ipynb"
    gradients = functions([path.read_text(encoding="utf-8") for path in solutions[:3]], generated)
    everything = functions([path.read_text(encoding="utf-8") for path in solutions], generated)
    print("| a cell with | median ratio | range | aim |\n| --- | --: | --: | --: |")
    for what, cell in CHECKS.items():
        ratios = measured(everything if "backward" in cell else gradients, cell)
        spread = f"{min(ratios):.3f} to {max(ratios):.3f}"
        print(f"| {what} | {statistics.median(ratios):.3f} | {spread} | ≤ 0.15 |")
    ratios = training(everything)
    spread = f"{min(ratios):.0f} to {max(ratios):.0f}"
    print("\n| training in a notebook | median ratio | range |\n| --- | --: | --: |")
    print(
        f"| beside {BUSY} busy processes, torch's threads / one thread | {statistics.median(ratios):.0f} | {spread} |"
    )


def measured(notebook: Any, cell: str) -> list[float]:
    """Ratios of a cell, once the cells of a notebook that define something have run."""
    InteractiveShell.clear_instance()
    shell = InteractiveShell.instance()
    shell.displayhook.write_output_prompt = lambda: None
    shell.displayhook.write_format_data = lambda *_: None
    shell.run_cell("from grader import check", store_history=True)
    for each in notebook.cells:
        if each.cell_type == "code" and each.source.startswith("def "):
            shell.run_cell(each.source.replace(*SLIP), store_history=True)
    shell.run_cell(cell, store_history=True)
    ratios = []
    with tempfile.TemporaryDirectory() as folder:
        for _ in range(ROUNDS):
            base = seconds(BASE, folder)
            start = time.perf_counter()
            done = shell.run_cell(cell, store_history=True)
            ratios.append((time.perf_counter() - start) / base)
            assert done.success and done.result is not None
    return ratios


def training(notebook: Any) -> list[float]:
    """Ratios of the notebook's training loop without the line that sets one thread, to that loop as it is."""
    cells = {cell.id: cell.source for cell in notebook.cells if cell.cell_type == "code"}
    wanted = ("imports", "exercise-4-batch", "backward", "update")
    text = "\n".join([*(cells[name] for name in wanted), "import time\nstart = time.perf_counter()", cells[TRAINING]])
    text = re.sub(r"^steps = .*", f"steps = {STEPS}", text, flags=re.MULTILINE)
    text += "\nimport sys\nprint(time.perf_counter() - start, file=sys.stderr)"
    without = "\n".join(line for line in text.split("\n") if "set_num_threads" not in line)
    busy = [subprocess.Popen([sys.executable, "-c", "while True: pass"]) for _ in range(BUSY)]
    try:
        return [_seconds(without) / _seconds(text) for _ in range(TRAINED)]
    finally:
        for process in busy:
            process.kill()
            process.wait()


def _seconds(text: str) -> float:
    done = subprocess.run([sys.executable, "-c", text], cwd=Path(ROOT), capture_output=True, text=True, check=True)
    return float(done.stderr.split()[-1])


if __name__ == "__main__":
    main()
