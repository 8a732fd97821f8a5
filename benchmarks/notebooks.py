"""Notebooks against the same answers as `.py`, and the forked kernel against the ordinary one, as ratios in one run."""

import statistics
import sys
import tempfile
import time
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

from grader.assignment import Assignment, load_assignment
from grader.assignment.authoring.answers import solution_texts
from grader.kernel.execute import execute
from grader.run.exam import examine
from grader.run.grade import grade_submission
from grader.run.request import select
from grader.sandbox.ours import Sandbox
from grader.submission import read_submission
from submissions import ROOT, step_by_step

ROUNDS = 30
EXECUTED = 5


def main() -> None:
    import nbformat

    assignment = load_assignment("nameweave")
    with tempfile.TemporaryDirectory() as name, Sandbox() as sandbox:
        examination = examine(assignment, step_by_step(assignment), seed="benchmark")
        solutions = ROOT / "solutions" / "nameweave"
        paths = {"py": solutions, "notebook": Path(name) / "functions.ipynb", "flat": Path(name) / "flat.ipynb"}
        sources = [path.read_text(encoding="utf-8") for path in sorted(solutions.glob("ex[123]*.py"))]
        nbformat.write(functions(sources, assignment.folder / "nameweave.ipynb"), paths["notebook"])
        nbformat.write(flat(sources), paths["flat"])

        def graded(path: Path) -> float:
            start = time.perf_counter()
            result = grade_submission(read_submission(path), examination, sandbox).result
            assert result.score == result.max_score, path
            return time.perf_counter() - start

        took = turns(lambda kind: graded(paths[kind]), list(paths), ROUNDS)
        print("| measured | ratio | aim |\n| --- | --: | --: |")
        for kind, aim in (("notebook", 1.3), ("flat", 1.5)):
            ratio = statistics.median(a / b for a, b in zip(took[kind], took["py"], strict=True))
            print(f"| {kind}, complete / the same answers as .py | {ratio:.2f} | ≤ {aim} |")

        ratio = with_training(Path(name), sandbox)
        print(f"| the lecture's flat notebook, training included / the solutions as .py | {ratio:.2f} | ≤ 1.5 |")

        notebook = nbformat.read(paths["notebook"], as_version=4)

        def executed(kind: str) -> float:
            start = time.perf_counter()
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                _, problem = execute(notebook, Path(name), warm=kind == "forked")
            assert not problem
            return time.perf_counter() - start

        executed("forked")
        took = turns(executed, ["forked", "ordinary"], EXECUTED)
        ratio = statistics.median(a / b for a, b in zip(took["forked"], took["ordinary"], strict=True))
        print(f"| executed whole, forked kernel / ordinary kernel | {ratio:.2f} | ≤ 0.3 |")


def with_training(folder: Path, sandbox: Sandbox) -> float:
    """makemore whole, as the lecture's notebook has it, against the solutions of all four exercises."""
    sys.path.insert(0, str(ROOT / "tests"))
    from helpers.flat_notebooks import complete

    assignment: Assignment = load_assignment("makemore")
    examination = examine(assignment, select(assignment), seed="benchmark")
    solutions = folder / assignment.name
    solutions.mkdir()
    for file, text in solution_texts(assignment).items():
        (solutions / file).write_text(text, encoding="utf-8")
    paths = {"py": solutions, "flat": complete().save(folder / "lecture.ipynb")}

    def graded(kind: str) -> float:
        start = time.perf_counter()
        result = grade_submission(read_submission(paths[kind]), examination, sandbox).result
        assert result.score == result.max_score, kind
        return time.perf_counter() - start

    took = turns(graded, list(paths), ROUNDS)
    return statistics.median(a / b for a, b in zip(took["flat"], took["py"], strict=True))


def turns(measure: Callable[[str], float], kinds: list[str], rounds: int) -> dict[str, list[float]]:
    for kind in kinds:
        measure(kind)
    took: dict[str, list[float]] = {kind: [] for kind in kinds}
    for _ in range(rounds):
        for kind in kinds:
            took[kind].append(measure(kind))
    return took


def functions(sources: list[str], generated: Path) -> Any:
    """The generated notebook with the solution of each stage in its cell; a cell of its own below for each."""
    import ast

    import nbformat

    notebook = nbformat.read(generated, as_version=4)
    solved = {n.name: n for text in sources for n in ast.parse(text).body if isinstance(n, ast.FunctionDef)}
    for cell in notebook.cells:
        name = cell.source.partition("(")[0].removeprefix("def ")
        if cell.cell_type == "code" and name in solved:
            stub = ast.parse(cell.source).body[0]
            assert isinstance(stub, ast.FunctionDef)
            stub.body = solved[name].body
            cell.source = ast.unparse(stub)
    return notebook


def flat(sources: list[str]) -> Any:
    """Every solution as statements at top level, under the heading of its exercise."""
    import ast

    from nbformat import v4

    cells = [v4.new_code_cell("import torch\nimport torch.nn.functional as F")]
    fast = {"dLogitsFast": "dLogits", "dHiddenLayerPreBatchNormStatesFast": "dHiddenLayerPreBatchNormStates"}
    for number, text in enumerate(sources, start=1):
        cells.append(v4.new_markdown_cell(f"# Exercise {number}"))
        for node in ast.parse(text).body:
            if isinstance(node, ast.FunctionDef):
                *before, last = map(ast.unparse, node.body)
                variable = fast.get(node.name, node.name)
                cells.append(v4.new_code_cell("\n".join([*before, last.replace("return", f"{variable} =", 1)])))
    return v4.new_notebook(cells=cells)


if __name__ == "__main__":
    main()
