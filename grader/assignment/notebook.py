"""The notebook students fill in, from the same source as the stubs: for each stage text, a function, a comparison."""

import re
import textwrap
from collections.abc import Iterator
from typing import Any

import nbformat

from grader.assignment.assignment import LOSS, Assignment, Exercise, Stage
from grader.assignment.dataset import load_dataset
from grader.assignment.probes import course_start
from grader.assignment.shapes import symbolic_shapes
from grader.assignment.stubs import signature, stage_arguments

v4: Any = nbformat.v4
WIDTH = 100
INSTALL = """\
# Installs the grader where it is not there yet, as on Colab.
import importlib.util
import subprocess
import sys

if importlib.util.find_spec("grader") is None:
    subprocess.run([sys.executable, "-m", "pip", "install", "--quiet", "backprop-grader"], check=True)"""
INTRODUCTION = """\
# {title}

You write the backward pass, one gradient at a time. Each stage below shows the forward lines that use a tensor, and has
a cell with a function for you to fill in: replace `raise NotImplementedError` by the gradient of the loss with respect
to that tensor, and run the cell and the one below it, which compares your gradient with the one autograd finds:

    dCounts | Exact: True | Approximate: True | MaxDiff: 0.0

`Exact` may be False for a correct gradient whose operations come in another order; `Approximate` has to be True.

The names of a function's arguments say what it is given: tensors and sizes of the forward pass, and the gradients of
what its own tensor feeds into. Add or drop arguments as you need them, in the cell that compares as well. Besides the
numbers you see here, your functions will be tried on other sizes, other data and arbitrary upstream gradients, so
write each rule for any input: no typed-in sizes, and nothing that only holds for this loss.

For the whole story, save and run `grade {file}` in a terminal. It has hints, too: `grade hint {stage}`."""


def notebook_name(assignment: Assignment) -> str:
    return f"{assignment.name}.ipynb"


def notebook_text(assignment: Assignment) -> str:
    """The notebook of an assignment, as JSON of nbformat 4.5.

    Raises:
        AssignmentError: the solutions are not here.
    """
    cells = [*_opening(assignment)]
    start = course_start(assignment, load_dataset(assignment))
    for number, exercise in enumerate(assignment.exercises, start=1):
        cells += _exercise(assignment, exercise, f"exercise-{number}", symbolic_shapes(assignment, exercise, start))
    notebook = v4.new_notebook(cells=cells, metadata=_metadata())
    nbformat.validate(notebook)
    return str(v4.writes(notebook)) + "\n"


def _metadata() -> dict[str, Any]:
    kernel = {"display_name": "Python 3", "language": "python", "name": "python3"}
    return {"kernelspec": kernel, "language_info": {"name": "python"}}


def _opening(assignment: Assignment) -> Iterator[Any]:
    first = assignment.exercises[0].stages[0].name
    text = INTRODUCTION.format(title=assignment.title, file=notebook_name(assignment), stage=first)
    yield _text("introduction", text)
    yield _code("install", INSTALL)
    lines = [
        "import torch",
        "import torch.nn.functional as F",
        "",
        "from grader import compare_gradients, course_batch",
    ]
    yield _code("imports", "\n".join(lines))


def _exercise(assignment: Assignment, exercise: Exercise, label: str, shapes: dict[str, str]) -> Iterator[Any]:
    yield _text(label, f"## {exercise.title}\n\n{exercise.text}".strip())
    yield _text(f"{label}-forward-text", "The forward pass, from the parameters and one batch to the loss:")
    yield _code(f"{label}-batch", f'globals().update(course_batch("{assignment.name}"))')
    made = [line.target for line in exercise.script.lines if line.target in exercise.cuts]
    kept = "\n".join(f"    {name}," for name in made if name != LOSS)
    autograd = f"for tensor in (\n{kept}\n):\n    tensor.retain_grad()\n{LOSS}.backward()"
    yield _code(f"{label}-forward", exercise.script.text.strip())
    yield _code(f"{label}-autograd", f"# What your gradients are compared with.\n{autograd}")
    for stage in exercise.stages:
        yield from _stage(assignment, exercise, stage, shapes)


def _stage(assignment: Assignment, exercise: Exercise, stage: Stage, shapes: dict[str, str]) -> Iterator[Any]:
    arguments = stage_arguments(assignment, exercise, stage)
    lines = "\n".join(line.source for line in exercise.script.lines_using(stage.tensor, exercise.cuts))
    formula = f"\n\n$${stage.formula}$$" if stage.formula else ""
    gradients = {assignment.gradient_name(name): name for name in exercise.consumers(stage.tensor)}
    known = {gradient: shapes[name] for gradient, name in gradients.items() if name in shapes} | shapes
    rows = "".join(f"\n| `{name}` | {known.get(name, 'an integer')} |" for name in arguments)
    table = f"\n\n| given | shape |\n| --- | --- |{rows}"
    head = (
        f"### {stage.name}\n\nThe gradient of the loss with respect to `{stage.tensor}`, shape {shapes[stage.tensor]}."
    )
    yield _text(f"{stage.name}-text", f"{head}\n\n```python\n{lines}\n```{formula}{table}")
    yield _code(stage.name, f"{signature(stage.name, arguments)}\n    raise NotImplementedError")
    values = ", ".join(f"{gradients[name]}.grad" if name in gradients else name for name in arguments)
    yield _code(f"{stage.name}-compare", _comparison(stage, values))


def _comparison(stage: Stage, values: str) -> str:
    line = f'compare_gradients("{stage.name}", {stage.name}({values}), {stage.tensor})'
    if len(line) <= WIDTH:
        return line
    inside = textwrap.fill(values, WIDTH - 8, initial_indent=" " * 8, subsequent_indent=" " * 8)
    return f'compare_gradients(\n    "{stage.name}",\n    {stage.name}(\n{inside}\n    ),\n    {stage.tensor},\n)'


def _text(id: str, text: str) -> Any:
    return v4.new_markdown_cell(text, id=_cell_id(id))


def _code(id: str, text: str) -> Any:
    return v4.new_code_cell(text, id=_cell_id(id))


def _cell_id(name: str) -> str:
    return re.sub(r"[^\w-]", "-", name, flags=re.ASCII)[-64:]
