"""Complete, correct submissions that differ from each other, mixed from the alternative solutions of the tests."""

import ast
import random
from pathlib import Path

from grader.assignment import Assignment

ROOT = Path(__file__).resolve().parent.parent
PASSED_OVER = {"python_loops", "toolbox"}
"""One takes seconds by itself, whoever grades it; the other has signatures that a plain call cannot serve."""


def step_by_step(assignment: Assignment) -> frozenset[str]:
    """The stages of the exercises without training."""
    return frozenset(s.name for exercise in assignment.exercises if not exercise.training for s in exercise.stages)


def write_class(folder: Path, count: int) -> list[Path]:
    """Write so many submissions: each a folder with two files, which share the stages between two styles at random."""
    styles = [path for path in sorted((ROOT / "tests" / "alternatives").glob("*.py")) if path.stem not in PASSED_OVER]
    draw = random.Random(0)
    written = []
    for number in range(count):
        submission = folder / f"student{number:03}"
        submission.mkdir(parents=True)
        first, second = draw.sample(styles, 2)
        stages = _stages(first)
        kept = set(draw.sample(stages, len(stages) // 2))
        (submission / "first.py").write_text(_with_stages(first, kept), encoding="utf-8")
        (submission / "second.py").write_text(_with_stages(second, set(stages) - kept), encoding="utf-8")
        written.append(submission)
    return written


def _stages(path: Path) -> list[str]:
    return sorted({node.name for node in _body(path) if isinstance(node, ast.FunctionDef) and node.name[:1] == "d"})


def _with_stages(path: Path, kept: set[str]) -> str:
    every = set(_stages(path))
    body = [node for node in _body(path) if getattr(node, "name", "") not in every - kept]
    return "\n\n".join(ast.unparse(node) for node in body) + "\n"


def _body(path: Path) -> list[ast.stmt]:
    return ast.parse(path.read_text(encoding="utf-8")).body
