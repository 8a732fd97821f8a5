"""The stub of an exercise with a call script: its solution, with the bodies taken out that students are to write."""

import ast
import textwrap
from collections.abc import Iterator

from grader.assignment.assignment import Assignment, Exercise
from grader.assignment.authoring.first_time import first_time

Definition = ast.FunctionDef | ast.ClassDef
INTRODUCTION = """\
Write what is missing, and run `grade` in this folder as often as you like.{first_time}

Names and arguments stay as they are, because this is how your code is used:

{calls}

Each of the stages {stages} is compared with the right value. Besides the numbers of the course, your code is tried on
other sizes and other data, with any upstream gradients: write each rule for any input, with no typed-in sizes."""
UNWRITTEN = "raise NotImplementedError"


def call_stub_text(assignment: Assignment, exercise: Exercise, solution: str) -> str:
    """The stub file.

    Args:
        assignment: names it.
        exercise: with a call script.
        solution: its text; docstrings stay, and so do `__init__` and what the exercise says is given.
    """
    assert exercise.calls
    calls = textwrap.indent(exercise.calls.text.strip(), "    ")
    names = ", ".join(stage.gradient for stage in exercise.stages)
    text = INTRODUCTION.format(calls=calls, stages=names, first_time=first_time(assignment))
    paragraphs = "\n\n".join(
        part if part.startswith("    ") else textwrap.fill(part, 112) for part in text.split("\n\n")
    )
    body = ast.parse(solution).body
    imports = [ast.unparse(node) for node in body if isinstance(node, (ast.Import, ast.ImportFrom))]
    head = f'# grade: {assignment.name}/{exercise.name}\n"""{exercise.title}\n\n{paragraphs}\n"""\n'
    kept = "".join(f"\n\n{text}\n" for text in definitions(exercise, solution).values())
    return head + "".join(f"{line}\n" for line in ["", *imports] if imports) + kept


def definitions(exercise: Exercise, solution: str) -> dict[str, str]:
    """What students write and what they are given, by name, as it stands in the stub."""
    assert exercise.calls
    kept = {*exercise.calls.written, *(name.partition(".")[0] for name in exercise.given)}
    nodes = [node for node in ast.parse(solution).body if isinstance(node, Definition) and node.name in kept]
    return {node.name: _emptied(node, solution, set(exercise.given)) for node in nodes}


def _emptied(node: Definition, solution: str, given: set[str]) -> str:
    """The text of a definition without the bodies that are not given."""
    lines = solution.split("\n")
    for function in reversed(list(_to_write(node, given))):
        documented = ast.get_docstring(function) is not None
        margin = " " * (function.col_offset + 4)
        begin = (function.body[0].end_lineno or 0) if documented else function.body[0].lineno - 1
        end = function.end_lineno or 0
        lines[begin:end] = [margin + UNWRITTEN]
        removed = (end - begin) - 1
        node.end_lineno = (node.end_lineno or 0) - removed
    first = min([node.lineno, *(each.lineno for each in node.decorator_list)])
    return "\n".join(lines[first - 1 : node.end_lineno]).rstrip()


def _to_write(node: Definition, given: set[str]) -> Iterator[ast.FunctionDef]:
    """The functions whose bodies are not given, in order."""
    if node.name in given:
        return
    if isinstance(node, ast.FunctionDef):
        yield node
        return
    for each in node.body:
        if isinstance(each, ast.FunctionDef) and each.name != "__init__" and f"{node.name}.{each.name}" not in given:
            yield each
