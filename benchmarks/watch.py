"""From a save to what `grade watch` prints of it, as ratios to `python -c "import torch"` within one run.

The command is a process of its own; a file is replaced under it, and the clock runs from just before that until the
line has come through the pipe. Between the saves torch is imported, so that a machine that is slow for a while slows
both down.
"""

import os
import shutil
import statistics
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from start_up import BASE, GRADE, ROOT, seconds

SAVES = 10
FIRST, LAST = "ex1_every_expression.py", "ex4_training.py"
NOTEBOOK = "nameweave.ipynb"
SLIP = ("torch.ones_like(counts)", "torch.zeros_like(counts)")
SLIPS = {FIRST: SLIP, NOTEBOOK: SLIP, LAST: ("- learning_rate *", "+ learning_rate *")}
"""In a file of the solution, what is replaced by what: of dCounts, and of update."""
PAUSE = 0.5
"""Seconds for the report of one save to be written before the next one."""


class Watched:
    """`grade watch` over one folder."""

    def __init__(self, process: "subprocess.Popen[str]", folder: Path) -> None:
        self._process, self._folder = process, folder
        self.until("Ctrl-C ends it.")

    def until(self, wanted: str) -> float:
        """The moment at which a line comes that holds this."""
        assert self._process.stdout
        for line in self._process.stdout:
            if wanted in line:
                return time.perf_counter()
        raise RuntimeError("grade watch ended")

    def save(self, name: str, text: str) -> float:
        """The moment just before a file is replaced."""
        new = self._folder / "new"
        new.write_text(text, encoding="utf-8")
        start = time.perf_counter()
        os.replace(new, self._folder / name)
        return start


@contextmanager
def watching(folder: Path) -> Iterator[Watched]:
    command = [str(GRADE), "watch", str(folder), "--html", str(folder / "report.html")]
    with subprocess.Popen(command, stdout=subprocess.PIPE, encoding="utf-8") as process:
        yield Watched(process, folder)
        process.terminate()


def measure(folder: Path, file: str) -> dict[str, list[float]]:
    """Ratios: to the verdict that has changed in one function, to the score below it, and from a note at the top of the
    file to the word that no verdict has changed."""
    text = (folder / file).read_text(encoding="utf-8")
    slipped = text.replace(*SLIPS[file])
    assert slipped != text
    ratios: dict[str, list[float]] = {"the verdict that changed": [], "the score": [], "no verdict has changed": []}
    with watching(folder) as watched:
        for number in range(SAVES):
            base = seconds(BASE, str(folder))
            start = watched.save(file, text if number % 2 else slipped)
            ratios["the verdict that changed"].append((watched.until(", was ") - start) / base)
            ratios["the score"].append((watched.until("Score") - start) / base)
            time.sleep(PAUSE)
        for number in range(SAVES):
            base = seconds(BASE, str(folder))
            start = watched.save(file, text.replace("import torch", f"import torch  # {number}", 1))
            ratios["no verdict has changed"].append((watched.until("verdict has changed") - start) / base)
            time.sleep(PAUSE)
    return ratios


def write_notebook(file: Path, solutions: Path) -> None:
    """The generated notebook with the same solutions."""
    import nbformat
    from notebooks import functions

    from grader.assignment import load_assignment

    file.parent.mkdir()
    texts = [path.read_text(encoding="utf-8") for path in sorted(solutions.glob("*.py"))]
    nbformat.write(functions(texts, load_assignment("nameweave").folder / NOTEBOOK), file)


def main() -> None:
    solutions = ROOT / "solutions" / "nameweave"
    with tempfile.TemporaryDirectory() as name:
        gradients, everything = Path(name) / "gradients", Path(name) / "everything"
        shutil.copytree(solutions, everything)
        shutil.copytree(solutions, gradients)
        (gradients / LAST).unlink()
        write_notebook(Path(name) / "notebook" / NOTEBOOK, gradients)
        runs = {
            "28 gradients, one of them saved": (gradients, FIRST),
            "the same in the notebook": (Path(name) / "notebook", NOTEBOOK),
            "these and the training exercise, a gradient saved": (everything, FIRST),
            "the same, the training exercise saved": (everything, LAST),
        }
        print("| from a save to | median ratio | range | aim |\n| --- | --: | --: | --: |")
        for what, (folder, file) in runs.items():
            for line, values in measure(folder, file).items():
                spread = f"{min(values):.3f} to {max(values):.3f}"
                print(f"| {line}: {what} | {statistics.median(values):.3f} | {spread} | ≤ 0.15 |")


if __name__ == "__main__":
    main()
