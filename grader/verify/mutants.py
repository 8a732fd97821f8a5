"""One-edit mutants of correct gradients: what a student could have written instead, one slip at a time.

The edits are one side of the rules whose other side finds a student's slip. Besides, an argument comes back as it is.
"""

import ast
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

import torch

from grader.border import EditKind
from grader.sandbox.theirs.source.edit_places import EditScope
from grader.sandbox.theirs.source.edits import variants

HEADER = "import torch\nimport torch.nn.functional as F\n\n\n"
MutantKind = EditKind | Literal["other-answer"]
"""The kind of the edit; in an `other-answer` an argument comes back as it came, which no single edit takes back."""


@dataclass(frozen=True)
class Mutant:
    """One edit of one stage. `change` is the edited line as it reads now; with the stage it names the mutant.

    `line` is the changed one in `text`, and `before` what `text` was.
    """

    stage: str
    kind: MutantKind
    change: str
    text: str
    before: str
    line: int


Taken = Callable[[Iterator[Mutant]], Iterator[Mutant]]
"""Which of all the mutants are tried."""


def mutants(text: str, course: Mapping[str, Any]) -> Iterator[Mutant]:
    """Every different one-edit mutant of every function in a source.

    Args:
        text: a solution; its functions are its stages.
        course: what the functions can ask for on the course batch, by name.
    """
    for function in functions(text):
        scope = scope_of_arguments(function, course)
        before = whole(ast.unparse(function))
        seen = {before}
        for kind, edited in broken(function, scope):
            after = whole(edited)
            if after not in seen:
                seen.add(after)
                yield _mutant(function.name, kind, before, after)


def functions(text: str) -> list[ast.FunctionDef]:
    return [node for node in ast.parse(text).body if isinstance(node, ast.FunctionDef)]


def scope_of_arguments(function: ast.FunctionDef, course: Mapping[str, Any]) -> EditScope:
    """The function's arguments, with what each of them is in the course, for someone who types it in."""
    asked = {argument.arg: course[argument.arg] for argument in function.args.args}
    tensors = {name: tuple(value.shape) for name, value in asked.items() if isinstance(value, torch.Tensor)}
    numbers = {name: value for name, value in asked.items() if isinstance(value, int)}
    return EditScope(tuple(tensors), tuple(numbers), {**tensors, **numbers})


def broken(function: ast.FunctionDef, scope: EditScope) -> Iterator[tuple[MutantKind, str]]:
    """The function as each edit has it, by what kind of edit it is; and with an argument for its answer."""
    for kind, _ in variants(function.body, scope, lambda rule: rule.breaks):
        yield kind, ast.unparse(function)
    *lines, last = function.body
    for name in scope.tensors if isinstance(last, ast.Return) else ():
        function.body = [*lines, ast.Return(ast.Name(name, ast.Load()))]
        yield "other-answer", ast.unparse(function)
    function.body = [*lines, last]


def whole(function: str) -> str:
    """A text with a function alone, and what it imports."""
    return f"{HEADER}{function}\n"


def first_changed(before: str, after: str) -> int:
    """The first line that differs; 0 where none does."""
    lines = zip(before.split("\n"), after.split("\n"), strict=True)
    return next((number for number, (old, new) in enumerate(lines, start=1) if old != new), 0)


def _mutant(stage: str, kind: MutantKind, before: str, after: str) -> Mutant:
    line = first_changed(before, after)
    old, new = (text.split("\n")[line - 1].strip() for text in (before, after))
    return Mutant(stage, kind, f"without {old}" if new == "pass" else new, after, before, line)
