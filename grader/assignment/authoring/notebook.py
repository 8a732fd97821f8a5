"""The notebook students fill in, from the same source as the stubs: for each stage text, a function, a comparison."""

import re
import textwrap
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import nbformat

from grader.assignment.assignment import LOSS, Assignment, Exercise
from grader.assignment.authoring.answers import solution_text
from grader.assignment.authoring.call_stubs import definitions
from grader.assignment.authoring.first_time import first_time
from grader.assignment.authoring.shapes import symbolic_shapes
from grader.assignment.authoring.stubs import PLAIN, arguments_of, shapes_told, signature, stub_texts
from grader.assignment.dataset import load_dataset
from grader.assignment.stage import Stage, Task

v4: Any = nbformat.v4
THREADS = [
    "",
    "torch.set_num_threads(1)  # faster for tensors this small, especially on a busy machine",
]
WIDTH = 100
INSTALL = """\
# Installs the grader if it is not there yet, as on Colab.
import importlib.util
import subprocess
import sys

if importlib.util.find_spec("grader") is None:
    subprocess.run([sys.executable, "-m", "pip", "install", "--quiet", "backprop-grader"], check=True)"""
INTRODUCTION = """\
# {title}

You write the backward pass, one gradient at a time. Each stage below shows the forward lines that use a tensor, and has
a cell with a function for you to fill in. Replace `raise NotImplementedError` with the gradient of the loss with
respect to that tensor, run the cell, then run the one below it: `check({stage})` tells you whether it is right, and if
it is not, why, and where to look.

The names of a function's arguments say what it is given: tensors and sizes of the forward pass, and the gradients of
what its own tensor feeds into. Add or drop arguments as you need them. Besides the numbers you see here, your functions
are tried on other sizes, other data and arbitrary upstream gradients, so write each rule for any input: no typed-in
sizes, and nothing that only holds for this loss.

`exact` and `approximate` are both right, and worth the same: the last bits depend on the order of operations, and on
the machine. `check()` shows everything you have written so far. For a hint, open the one below a wrong answer, or run
`grade hint {stage}` in a terminal; `grade {file}` grades the notebook as you saved it."""

CALLED = """\
# {title}

You write the functions and classes below: replace each `raise NotImplementedError`. Names and arguments stay as they
are. The last cells of each exercise show how your code is used, and `check` tells you what is right; of what is not, it
says why, and where to look. `check()` shows everything you have written so far.

Besides the numbers you see here, your code is tried on other sizes, other data and any upstream gradients, so write
each rule for any input: no typed-in sizes.

For a hint, open the one below a wrong answer, or run `grade hint {stage}` in a terminal; `grade {file}` grades the
notebook as you saved it."""
UNWRITTEN = "with suppress(NotImplementedError):  # from what you have not written yet"


def made_texts(assignment: Assignment) -> dict[str, str]:
    """What is made of scripts and solutions, by the names of the files: the stubs, and the notebook.

    Raises:
        AssignmentError: the solutions are not here.
    """
    return stub_texts(assignment) | {assignment.notebook: notebook_text(assignment)}


def notebook_text(assignment: Assignment) -> str:
    """The notebook of an assignment, as JSON of nbformat 4.5.

    Raises:
        AssignmentError: the solutions are not here.
    """
    cells = [*_opening(assignment)]
    dataset = load_dataset(assignment)
    for number, exercise in enumerate(assignment.exercises, start=1):
        cells += _exercise(assignment, exercise, f"exercise-{number}", symbolic_shapes(assignment, exercise, dataset))
    cells += [_text("everything-text", "## How far you are"), _code("everything-check", "check()")]
    notebook = v4.new_notebook(cells=cells, metadata=_metadata())
    nbformat.validate(notebook)
    return str(v4.writes(notebook)) + "\n"


def _metadata() -> dict[str, Any]:
    kernel = {"display_name": "Python 3", "language": "python", "name": "python3"}
    return {"kernelspec": kernel, "language_info": {"name": "python"}}


def _opening(assignment: Assignment) -> Iterator[Any]:
    first = assignment.exercises[0].stages[0].name
    called = all(exercise.calls for exercise in assignment.exercises)
    text = (CALLED if called else INTRODUCTION).format(title=assignment.title, file=assignment.notebook, stage=first)
    yield _text("introduction", text + first_time(assignment))
    yield _code("install", INSTALL)
    in_torch = assignment.arrays == "torch"
    suppresses = any(exercise.calls or exercise.tasks for exercise in assignment.exercises)
    lines = [
        *(["from contextlib import suppress", ""] if suppresses else []),
        *(["import torch", "import torch.nn.functional as F"] if in_torch else ["import numpy as np"]),
        "",
        f"from grader import {', '.join(_used(assignment))}",
        *(THREADS if in_torch else []),
    ]
    yield _code("imports", "\n".join(lines))


def _folded(call: str) -> str:
    """A call in lines of at most 100 characters."""
    name, _, arguments = call.partition("(")
    if len(call) <= WIDTH:
        return call
    inside = textwrap.fill(arguments[:-1] + ",", WIDTH, initial_indent="    ", subsequent_indent="    ")
    return f"{name}(\n{inside}\n)"


def _used(assignment: Assignment) -> list[str]:
    trains = any(exercise.training for exercise in assignment.exercises)
    return [*(["call_by_name"] if trains else []), "check", "course_batch", *(["course_data"] if trains else [])]


def _exercise(assignment: Assignment, exercise: Exercise, label: str, shapes: dict[str, str]) -> Iterator[Any]:
    yield _text(label, f"## {exercise.title}\n\n{exercise.text}".strip())
    if exercise.calls:
        yield from _called(assignment, exercise, label)
        return
    yield _text(f"{label}-forward-text", "The forward pass, from the parameters and one batch to the loss:")
    own = f', "{exercise.name}"' if exercise.sizes else ""
    yield _code(f"{label}-batch", f'globals().update(course_batch("{assignment.name}"{own}))')
    made = [line.target for line in exercise.script.lines if line.target in exercise.cuts]
    kept = "\n".join(f"    {name}," for name in made if name != LOSS)
    keep = f"for tensor in (\n{kept}\n):\n    tensor.retain_grad()\n" if kept else ""
    ends = " + ".join(f"({name} * torch.randn_like({name})).sum()" for name in exercise.outputs)
    autograd = f"{keep}{LOSS if LOSS in exercise.outputs else f'({ends})'}.backward()"
    yield _code(f"{label}-forward", exercise.script.text.strip())
    yield _code(f"{label}-autograd", f"# What autograd makes of it is in `.grad`, if you want to look.\n{autograd}")
    for name in exercise.functions:
        stages = exercise.together(name)
        if len(stages) == 1:
            yield from _stage(assignment, exercise, stages[0], shapes)
        elif stages:
            yield from _stages(assignment, exercise, name, stages, shapes)
    for task in exercise.tasks:
        yield from _task(assignment, exercise, task, shapes)


def _called(assignment: Assignment, exercise: Exercise, label: str) -> Iterator[Any]:
    """What an exercise with a call script asks for, and the lines that use it."""
    assert exercise.calls
    formulas = "\n\n".join(f"$${stage.formula}$$" for stage in exercise.stages if stage.formula)
    forward = f"The forward pass, as the reference has it:\n\n```python\n{exercise.script.text.strip()}\n```"
    yield _text(f"{label}-forward", f"{forward}\n\n{formulas}".strip())
    solution = solution_text(assignment, exercise)
    for name, text in definitions(exercise, solution).items():
        yield _code(f"{exercise.name}-{name}", text)
    yield _text(f"{label}-use-text", "How your code is used, with the numbers of the course:")
    yield _code(f"{label}-batch", f'globals().update(course_batch("{assignment.name}", "{exercise.name}"))')
    yield _code(f"{label}-use", _unless_unwritten(exercise.calls.text.strip()))
    yield _check(label, *exercise.calls.written)


def _stages(
    assignment: Assignment, exercise: Exercise, name: str, stages: Sequence[Stage], shapes: dict[str, str]
) -> Iterator[Any]:
    arguments = arguments_of(assignment, exercise, name, shapes)
    shapes = shapes_told(exercise, name, arguments, shapes)
    wanted = _table("returned", {stage.gradient: shapes[stage.tensor] for stage in stages})
    given = _table("given", _given(assignment, arguments, shapes))
    yield _text(f"{name}-text", f"### {name}\n\nReturn all these gradients of the loss, in this order.{wanted}{given}")
    yield _code(name, f"{signature(name, arguments)}\n    raise NotImplementedError")
    yield _check(name, name)


def _task(assignment: Assignment, exercise: Exercise, task: Task, shapes: dict[str, str]) -> Iterator[Any]:
    arguments = arguments_of(assignment, exercise, task.name, shapes)
    shapes = shapes_told(exercise, task.name, arguments, shapes)
    known = _given(assignment, arguments, shapes)
    wanted = _table("returned", {each: shapes[each] for each in task.returns}) if task.kind == "values" else ""
    yield _text(f"{task.name}-text", f"### {task.name}\n\n{task.text.strip()}{wanted}{_table('given', known)}")
    yield _code(task.name, f"{signature(task.name, arguments)}\n    raise NotImplementedError")
    yield _check(task.name, task.name)
    if task.kind == "run":
        yield _code(f"{task.name}-train", _training_loop(assignment, exercise, task))
    else:
        lines = [*_made_before(exercise, arguments), _use(exercise, task, arguments)]
        yield _code(f"{task.name}-try", _unless_unwritten("\n".join(lines)))


def _made_before(exercise: Exercise, arguments: Sequence[str]) -> Iterator[str]:
    """The lines that make what a task is given and other tasks return, as that is made after training."""
    for task in exercise.tasks:
        if task.kind == "values" and {*task.returns} & {*arguments}:
            yield f"{', '.join(task.returns)} = {_call(task.name)}"


def _use(exercise: Exercise, task: Task, arguments: Sequence[str]) -> str:
    """What is done with a task after training."""
    if task.kind == "samples":
        return f"for _ in range(20):\n    print({_call(task.name)})"
    if exercise.training and {*exercise.training.split} & {*arguments}:
        rows = f'for split in ("training", "validation"):\n    {", ".join(exercise.training.split)} = data[split]'
        return f"{rows}\n    print(split, {_call(task.name)})"
    return f"{', '.join(task.returns)} = {_call(task.name)}"


def _training_loop(assignment: Assignment, exercise: Exercise, task: Task) -> str:
    training, dataset = exercise.training, assignment.dataset
    assert training and dataset
    parameters = ", ".join(exercise.parameters)
    rates = training.learning_rates
    rate = f"{list(rates)}[step * {len(rates)} // steps]"
    forward = textwrap.indent("\n".join(exercise.script.sources), " " * 8)
    return f"""\
# {200_000:,} steps give the best names, and take a few minutes.
data = course_data("{assignment.name}")
{dataset.inputs}, {dataset.outputs} = data["training"]
{training.vocabulary} = data["vocabulary"]
parameters = [parameter.detach().clone() for parameter in (
    {parameters},
)]
generator = torch.Generator().manual_seed({assignment.seed})
steps = 20_000
with torch.no_grad(), suppress(NotImplementedError):  # from what you have not written yet
    for step in range(steps):
        {parameters} = parameters
        rows = torch.randint(0, {dataset.inputs}.shape[0], ({training.batch_size},), generator=generator)
        {training.batch[0]}, {training.batch[1]} = {dataset.inputs}[rows], {dataset.outputs}[rows]
{forward}
        gradients = {_call(exercise.functions[0])}
        learning_rate = {rate}
        changed = {_call(task.name)}
        parameters = parameters if changed is None else changed
        if step % (steps // 10) == 0:
            print(f"{{step:7d}} / {{steps}}: {{loss.item():.4f}}")
{parameters} = parameters"""


def _stage(assignment: Assignment, exercise: Exercise, stage: Stage, shapes: dict[str, str]) -> Iterator[Any]:
    arguments = arguments_of(assignment, exercise, stage.asked, shapes)
    shapes = shapes_told(exercise, stage.asked, arguments, shapes)
    lines = "\n".join(exercise.script.sources_using(stage.tensor, exercise.cuts))
    formula = f"\n\n$${stage.formula}$$" if stage.formula else ""
    table = _table("given", _given(assignment, arguments, shapes))
    head = (
        f"### {stage.name}\n\nThe gradient of the loss with respect to `{stage.tensor}`, shape {shapes[stage.tensor]}."
    )
    yield _text(f"{stage.name}-text", f"{head}\n\n```python\n{lines}\n```{formula}{table}")
    yield _code(stage.name, f"{signature(stage.name, arguments)}\n    raise NotImplementedError")
    yield _check(stage.name, stage.asked)


def _given(assignment: Assignment, arguments: Sequence[str], shapes: Mapping[str, str]) -> dict[str, str]:
    """What a function is given, and the shape of each."""
    gradients = {assignment.gradient_name(name): shape for name, shape in shapes.items()}
    known = {**gradients, **shapes, **PLAIN}
    return {name: known.get(name, "an integer") for name in arguments}


def _table(heading: str, shapes: Mapping[str, str]) -> str:
    rows = "".join(f"\n| `{name}` | {shape} |" for name, shape in shapes.items())
    return f"\n\n| {heading} | shape |\n| --- | --- |{rows}"


def _call(name: str) -> str:
    """The call of a function with what is called like its arguments, whichever it has."""
    return f"call_by_name({name}, globals())"


def _unless_unwritten(lines: str) -> str:
    """Lines that use what students write; the notebook goes on where that is not there yet."""
    return f"{UNWRITTEN}\n{textwrap.indent(lines, '    ')}"


def _check(label: str, *functions: str) -> Any:
    """The cell that says whether functions or classes are right."""
    return _code(f"{label}-check", _folded(f"check({', '.join(functions)})"))


def _text(id: str, text: str) -> Any:
    return v4.new_markdown_cell(text, id=_cell_id(id))


def _code(id: str, text: str) -> Any:
    return v4.new_code_cell(text, id=_cell_id(id))


def _cell_id(name: str) -> str:
    return re.sub(r"[^\w-]", "-", name, flags=re.ASCII)[-64:]
