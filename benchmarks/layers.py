"""A class in functions with a cache (`layers`, NumPy): `grade batch` against pytest with numerical gradients.

The pytest file does by hand what such courses do: values of the forward pass against stored ones, each gradient against
central differences of the forward pass, element by element. Everything is given as ratios within this run.
"""

import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
from start_up import BASE, seconds

from grader.assignment import load_assignment
from grader.assignment.assignment import Assignment
from grader.assignment.authoring.answers import solution_texts
from grader.run.exam import examine

GRADE = Path(sys.executable).with_name("grade")
CLASS, WORKERS, ROUNDS, STARTS = 200, 2, 3, 9
BY_PYTEST = 12
"""So many of the class are given to pytest in each round."""
PYTEST = """
import json, os, pathlib
import numpy as np, pytest

FOLDER = pathlib.Path(os.environ["SUBMISSION"])
CASES = json.loads(pathlib.Path("cases.json").read_text())
VALUES = np.load("values.npz")
NAMES = {}
for file in sorted(FOLDER.glob("*.py")):
    exec(compile(file.read_text(), str(file), "exec"), space := {})
    NAMES |= space


def given(exercise):
    return {name: VALUES[f"{exercise}/{name}"][()] for name in CASES[exercise]["given"]}


def run(lines, values):
    space = {"np": np, **NAMES, **{k: v.copy() if isinstance(v, np.ndarray) else v for k, v in values.items()}}
    exec(lines, space)
    return space


def numerical(exercise, tensor, step=1e-5):
    case, values = CASES[exercise], given(exercise)

    def total(x):
        made = run(case["forward"], {**values, tensor: x})
        return sum(np.sum(made[out] * values.get("d" + out, 1.0)) for out in case["outputs"])

    x = values[tensor]
    gradient = np.zeros_like(x)
    for place in np.ndindex(x.shape):
        above, below = x.copy(), x.copy()
        above[place] += step
        below[place] -= step
        gradient[place] = (total(above) - total(below)) / (2 * step)
    return gradient


def error(x, y):
    return np.max(np.abs(x - y) / np.maximum(1e-8, np.abs(x) + np.abs(y)))


@pytest.mark.parametrize("exercise, value", [(e, v) for e, case in CASES.items() for v in case["values"]])
def test_value(exercise, value):
    made = run(CASES[exercise]["whole"], given(exercise))
    assert np.allclose(made[value], VALUES[f"{exercise}/expected/{value}"], atol=1e-7)


@pytest.mark.parametrize("exercise, tensor", [(e, t) for e, case in CASES.items() for t in case["gradients"]])
def test_gradient(exercise, tensor):
    made = run(CASES[exercise]["whole"], given(exercise))
    assert error(made["d" + tensor], numerical(exercise, tensor)) < 1e-3
"""


def main() -> None:
    assignment = load_assignment("layers")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        submissions = write_class(assignment, folder / "class")
        count = write_pytest(assignment, folder)
        by_pytest(submissions[:2], folder, count)
        ratios, rates = [], []
        for number in range(ROUNDS):
            yardstick = by_pytest(submissions[number * BY_PYTEST : (number + 1) * BY_PYTEST], folder, count)
            ours = by_batch(folder / "class", folder / "out") / CLASS
            ratios.append(yardstick / ours)
            rates.append(1 / ours)
        print("| measured | ratio | range |\n| --- | --: | --: |")
        show(f"pytest with numerical gradients / `grade batch`, {CLASS} of `layers` with reports", ratios)
        show("cold `grade` on `layers`, with report / `import torch`", starts(folder))
        print(f"\n{statistics.median(rates):.1f} submissions per second with {WORKERS} workers, in this run")


def write_class(assignment: Assignment, folder: Path) -> list[Path]:
    """Solutions that differ from each other in a comment."""
    texts = solution_texts(assignment)
    for number in range(CLASS):
        submission = folder / f"student{number:03}"
        submission.mkdir(parents=True)
        for name, text in texts.items():
            (submission / name).write_text(f"{text}\n# {number}\n", encoding="utf-8")
    return sorted(folder.iterdir())


def write_pytest(assignment: Assignment, folder: Path) -> int:
    """The test file with its references, which are made beforehand; how many tests it has."""
    examination = examine(assignment, frozenset(assignment.stage_names), seed="benchmark")
    cases, arrays = {}, {}
    for exercise in examination.exercises:
        course, calls = examination.probes[exercise.name][0], exercise.calls
        assert calls
        lent = course.lent()
        values = [stage for stage in exercise.stages if stage.kind == "value"]
        backward = {stage.gradient for stage in exercise.gradients}
        ends = {stage.gradient for stage in values}
        forward = [
            line.source
            for line in calls.lines
            if ends.intersection(line.binds) or not backward.intersection(line.binds)
        ]
        cases[exercise.name] = {
            "given": list(lent),
            "whole": "\n".join(line.source for line in calls.lines),
            "forward": "\n".join(forward),
            "outputs": [name for name in exercise.outputs if any(stage.tensor == name for stage in values)],
            "values": [stage.gradient for stage in values],
            "gradients": [stage.tensor for stage in exercise.gradients if stage.tensor in lent],
        }
        arrays |= {f"{exercise.name}/{name}": np.asarray(value) for name, value in lent.items()}
        arrays |= {f"{exercise.name}/expected/{s.gradient}": course.expected[s.name].gradient.numpy() for s in values}
    (folder / "cases.json").write_text(json.dumps(cases), encoding="utf-8")
    np.savez(folder / "values.npz", **arrays)
    (folder / "test_submission.py").write_text(PYTEST, encoding="utf-8")
    return sum(len(case["values"]) + len(case["gradients"]) for case in cases.values())


def by_pytest(submissions: list[Path], folder: Path, count: int) -> float:
    """Wall time for each submission, so many at a time as there are workers."""

    def run(submission: Path) -> None:
        command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "test_submission.py"]
        environment = os.environ | {"SUBMISSION": str(submission)}
        done = subprocess.run(command, env=environment, cwd=folder, capture_output=True, text=True, check=False)
        assert f"{count} passed" in done.stdout, done.stdout[-3000:]

    start = time.perf_counter()
    with ThreadPoolExecutor(WORKERS) as pool:
        list(pool.map(run, submissions))
    return (time.perf_counter() - start) / len(submissions)


def by_batch(folder: Path, out: Path) -> float:
    """Wall time of the whole command, start-up and reports included."""
    command = [GRADE, "batch", folder, "-o", out, "--assignment", "layers", "--workers", str(WORKERS)]
    start = time.perf_counter()
    subprocess.run(list(map(str, command)), check=True, stdout=subprocess.DEVNULL)
    took = time.perf_counter() - start
    shutil.rmtree(out)
    return took


def starts(folder: Path) -> list[float]:
    """The command on one submission, in turns with the import."""
    command = [GRADE, folder / "class" / "student000"]
    ratios = []
    for number in range(STARTS + 1):
        base = seconds(BASE, str(folder))
        ratio = seconds(command, str(folder)) / base
        ratios += [ratio] if number else []
    return ratios


def show(name: str, ratios: list[float]) -> None:
    print(f"| {name} | {statistics.median(ratios):.2f} | {min(ratios):.2f} to {max(ratios):.2f} |", flush=True)


if __name__ == "__main__":
    main()
