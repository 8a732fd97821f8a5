"""How fast `grade train` is with hand-written gradients, as a ratio to the same loop with `loss.backward()`.

Both run at the same time, each on a processor of its own. With `names`, a file of as many made-up names as asked for is
trained on. Run it on a quiet machine with two processors: `make bench`.
"""

import random
import re
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

from grader.assignment import load_assignment
from grader.assignment.authoring.answers import solution_texts

GRADE = Path(sys.executable).with_name("grade")
STEPS = 20_000
ROUNDS = 5
MANY = 50_000


def main() -> None:
    print("| steps per second, your gradients / loss.backward() | median ratio | range | your gradients |")
    print("| --- | --: | --: | --: |")
    with tempfile.TemporaryDirectory() as folder:
        names = Path(folder) / "names.txt"
        draw = random.Random(0)
        syllables = [a + b for a in "bdghjklmnprstvy" for b in ("a", "i", "u", "an", "esh", "ar", "ee")]
        made = ("".join(draw.choices(syllables, k=draw.randint(2, 4))) for _ in range(MANY))
        names.write_text("\n".join(made), encoding="utf-8")
        for label, name, more in (
            ("nameweave, hidden 64", "nameweave", []),
            ("makemore, hidden 200", "makemore", []),
            (f"nameweave, {MANY:,} names", "nameweave", ["--names", str(names)]),
        ):
            solutions = Path(folder) / name
            solutions.mkdir(exist_ok=True)
            for file, text in solution_texts(load_assignment(name)).items():
                (solutions / file).write_text(text, encoding="utf-8")
            runs = [speeds(solutions, folder, more) for _ in range(ROUNDS)]
            ratios = [own / autograd for own, autograd in runs]
            speed = statistics.median(own for own, _ in runs)
            spread = f"{min(ratios):.2f} to {max(ratios):.2f}"
            print(f"| {label} | {statistics.median(ratios):.2f} | {spread} | {speed:,.0f} steps/s |")


def speeds(solution: Path, folder: str, more: list[str]) -> tuple[float, float]:
    """Steps per second: with the solution's gradients, and with autograd."""
    command = [str(GRADE), "train", str(solution), "--steps", str(STEPS), *more]
    done = subprocess.run(command, cwd=folder, capture_output=True, encoding="utf-8", check=True)
    found = re.search(r"^steps per second +([\d,]+) +([\d,]+)", done.stdout, re.MULTILINE)
    assert found, done.stdout
    own, autograd = (float(number.replace(",", "")) for number in found.groups())
    return own, autograd


if __name__ == "__main__":
    main()
