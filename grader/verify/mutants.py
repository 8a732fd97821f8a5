"""One-edit mutants of correct gradients: what a student could have written instead, one slip at a time.

The edits are one side of the rules whose other side finds a student's slip. Besides, an argument comes back as it is.
"""

import ast
from collections.abc import Callable, Iterator, Mapping, Sequence
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

    `line` is the changed one in `text`, `before` what `text` was, and `above` what stands above the function in both.
    """

    stage: str
    kind: MutantKind
    change: str
    text: str
    before: str
    line: int
    above: str = ""

    @property
    def broken(self) -> ast.FunctionDef:
        """The function with the edit."""
        return function_named(self.stage, self.text)

    @property
    def right(self) -> ast.FunctionDef:
        """The function as it was."""
        return function_named(self.stage, self.before)


Taken = Callable[[Iterator[Mutant]], Iterator[Mutant]]
"""Which of all the mutants are tried."""


def mutants(text: str, course: Mapping[str, Any], only: str | None = None) -> Iterator[Mutant]:
    """Every different one-edit mutant of functions in a source.

    Args:
        text: a solution.
        course: what the functions can ask for on the course batch, by name.
        only: the function; the others are its helpers, and are there as it has them. By default, each one by itself.
    """
    broken_here = [each for each in functions(text) if only in (None, each.name)]
    above = _above(text, broken_here)
    for function in broken_here:
        scope = scope_of_arguments(function, course)
        before = whole(ast.unparse(function), above)
        seen = {before}
        for kind, edited in broken(function, scope):
            after = whole(edited, above)
            if after not in seen:
                seen.add(after)
                yield _mutant(function.name, kind, before, after, above)


def _above(text: str, without: Sequence[ast.FunctionDef]) -> str:
    """What a source has besides some functions: imports, constants, helpers."""
    names = {function.name for function in without}
    kept = [n for n in ast.parse(text).body if not isinstance(n, ast.FunctionDef) or n.name not in names]
    return HEADER + "".join(f"{ast.unparse(node)}\n\n\n" for node in kept)


def function_named(name: str, text: str) -> ast.FunctionDef:
    return next(function for function in functions(text) if function.name == name)


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


def whole(function: str, above: str = HEADER) -> str:
    """A text with a function below what it needs."""
    return f"{above}{function}\n"


def first_changed(before: str, after: str) -> int:
    """The first line that differs; 0 where none does."""
    lines = zip(before.split("\n"), after.split("\n"), strict=True)
    return next((number for number, (old, new) in enumerate(lines, start=1) if old != new), 0)


def _mutant(stage: str, kind: MutantKind, before: str, after: str, above: str) -> Mutant:
    line = first_changed(before, after)
    old, new = (text.split("\n")[line - 1].strip() for text in (before, after))
    return Mutant(stage, kind, f"without {old}" if new == "pass" else new, after, before, line, above)
