"""In the student's process: a stage's own lines with one edit each, to find out which one would put it right.

Each rule looks at one node of the source and gives what could stand in its place. An edit tells where it is, never what
it puts there: what a student is told is the place.
"""

import ast
from collections.abc import Iterator, Sequence
from typing import Any

from grader.border import AS_IT_IS, Edit, EditKind
from grader.sandbox.theirs.source.edit_places import EditScope, Place
from grader.sandbox.theirs.source.edit_rules import RULES


def edits(statements: list[ast.stmt], scope: EditScope) -> Iterator[Edit]:
    """No edit, and then each there is, the simplest first. While one is given out, the statements are as it has them.

    Args:
        statements: of the stage.
        scope: what a name may be replaced with.
    """
    places = list(_places(ast.Module(statements, [])))
    yield Edit(0, AS_IT_IS, 0, 0, 0)
    number = 1
    for kind, rule in RULES.items():
        for place in places:
            for new in rule(place, scope):
                place.put(_located(new, place.node))
                try:
                    yield _edit(number, kind, place)
                finally:
                    place.put(place.node)
                number += 1


def scope_of(statements: Sequence[ast.stmt], given: dict[str, Any]) -> EditScope:
    """What is given that the statements name, or is a number; and what they compute.

    Args:
        statements: of the stage.
        given: what the stage may ask for, by name: numbers, and tensors.
    """
    named = {node.id for each in statements for node in ast.walk(each) if isinstance(node, ast.Name)}
    computed = {
        n.id for s in statements for n in ast.walk(s) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)
    }
    numbers = tuple(sorted(name for name, value in given.items() if isinstance(value, int)))
    tensors = [name for name, value in given.items() if not isinstance(value, (int, float, str))]
    return EditScope(
        (*sorted(tensors, key=lambda name: (name not in named, name)), *sorted(computed - given.keys())), numbers
    )


def _places(node: ast.AST) -> Iterator[Place]:
    """Every node below another, but for the arguments and decorators of functions."""
    for name, value in ast.iter_fields(node):
        if name in ("args", "decorator_list", "returns") and isinstance(node, ast.FunctionDef):
            continue
        for index, child in enumerate(value) if isinstance(value, list) else [(None, value)]:
            if isinstance(child, ast.AST) and not isinstance(child, (ast.expr_context, ast.operator)):
                yield Place(child, node, name, index)
                yield from _places(child)


def _located(new: ast.AST, old: ast.AST) -> ast.AST:
    """A node with its place in the source: its own, if it is from there."""
    return ast.fix_missing_locations(new if hasattr(new, "lineno") else ast.copy_location(new, old))


def _edit(number: int, kind: EditKind, place: Place) -> Edit:
    """A number is told with what it stands in."""
    alone = isinstance(place.node, ast.Constant) and isinstance(place.parent, (ast.expr, ast.keyword))
    node = place.parent if alone else place.node
    line, last = getattr(node, "lineno", 0), getattr(node, "end_lineno", 0)
    columns = (getattr(node, "col_offset", 0), getattr(node, "end_col_offset", 0)) if line == last else (0, 0)
    return Edit(number, kind, line, *columns)
