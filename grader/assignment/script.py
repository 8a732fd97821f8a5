"""A forward script, read as text: which line makes which tensor, and who uses it. Needs no torch."""

import ast
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from grader.errors import AssignmentError


@dataclass(frozen=True)
class Line:
    """One statement `target = expression` of a forward script."""

    target: str
    reads: tuple[str, ...]
    source: str
    number: int
    method: str = ""
    """The method that its expression calls last."""


@dataclass(frozen=True)
class Script:
    """A forward script: statements `name = expression`, each name bound once."""

    path: Path
    text: str

    @property
    def lines(self) -> tuple[Line, ...]:
        """The statements in order.

        Raises:
            AssignmentError: a statement is not `name = expression`, or binds a name again.
        """
        return _lines(self)

    def altered(self, lines: Mapping[str, str]) -> "Script":
        """The script with other expressions for some of its targets."""
        new = {target: f"{target} = {expression}" for target, expression in lines.items()}
        return Script(self.path, "\n".join(new.get(line.target, line.source) for line in self.lines))

    @property
    def targets(self) -> tuple[str, ...]:
        return tuple(line.target for line in self.lines)

    def lines_using(self, tensor: str, cuts: Collection[str]) -> tuple[Line, ...]:
        """The statements that use a tensor, directly or through temporaries, up to the next cut."""
        through, using = {tensor}, []
        for line in self.lines:
            if through.intersection(line.reads):
                using.append(line)
                if line.target not in cuts:
                    through.add(line.target)
        return tuple(using)

    def consumers(self, tensor: str, cuts: Collection[str]) -> tuple[str, ...]:
        """The tensors of the graph that a tensor feeds into: their gradients are its upstream."""
        return tuple(line.target for line in self.lines_using(tensor, cuts) if line.target in cuts)


def _names_in_order(expression: ast.expr) -> list[ast.Name]:
    names = [node for node in ast.walk(expression) if isinstance(node, ast.Name)]
    return sorted(names, key=lambda node: (node.lineno, node.col_offset))


@lru_cache(maxsize=1024)
def _lines(script: Script) -> tuple[Line, ...]:
    """Of a text that is asked about again, as slips are on every probe, they are read once."""
    try:
        body = ast.parse(script.text).body
    except SyntaxError as error:
        raise AssignmentError(f"{script.path}:{error.lineno}", f"this is not valid Python: {error.msg}.") from None
    lines = tuple(_line(script, node) for node in body)
    seen: set[str] = set()
    for line in lines:
        if line.target in seen:
            raise AssignmentError(
                f"{script.path}:{line.number}", f"{line.target} is assigned twice; give every tensor its own name."
            )
        seen.add(line.target)
    return lines


def _line(script: Script, node: ast.stmt) -> Line:
    match node:
        case ast.Assign(targets=[ast.Name(id=target)], value=value):
            reads = dict.fromkeys(n.id for n in _names_in_order(value))
            method = value.func.attr if isinstance(value, ast.Call) and isinstance(value.func, ast.Attribute) else ""
            return Line(target, tuple(reads), ast.get_source_segment(script.text, node) or "", node.lineno, method)
    raise AssignmentError(
        f"{script.path}:{node.lineno}", "a forward script may contain only lines of the form `name = expression`."
    )
