"""Edits of names and statements as a whole: what is returned, and when; names that are swapped, or wrong throughout."""

import ast
import copy
from collections.abc import Iterator
from itertools import combinations

from grader.sandbox.theirs.source.edit_places import EditChange, EditScope, Place, name

MOST_NAMES = 8
"""In a line with more, no two are swapped."""


def nothing(place: Place, scope: EditScope) -> Iterator[ast.AST]:
    """No edit: of a slip that `grade verify` does not make."""
    yield from ()


def returned_later(place: Place, scope: EditScope) -> Iterator[EditChange]:
    """A `return` that ends a loop, after it."""
    node = place.node
    if isinstance(node, (ast.For, ast.While, ast.If)) and isinstance(place.parent, (ast.Module, ast.For, ast.If)):
        for told, inner in _last_returns(place):
            later = ast.If(ast.Constant(True), [inner, told.node], [])  # type: ignore[list-item]
            yield EditChange(((place, later),), told)


def _last_returns(place: Place) -> Iterator[tuple[Place, ast.stmt]]:
    """The `return` at the end of a block, and the block without it."""
    node = place.node
    if not isinstance(node, (ast.For, ast.While, ast.If)):
        return
    last = Place(node.body[-1], node, "body", len(node.body) - 1, place)
    if isinstance(last.node, ast.Return):
        yield last, _with_last(node, ast.Pass())
    for told, inner in _last_returns(last):
        yield told, _with_last(node, inner)


def _with_last(node: ast.stmt, last: ast.stmt) -> ast.stmt:
    made = copy.copy(node)
    made.body = [*node.body[:-1], last]  # type: ignore[attr-defined]
    return made


def results_exchanged(place: Place, scope: EditScope) -> Iterator[ast.AST]:
    """Two results in each other's place."""
    match place.node:
        case ast.Tuple(elts=results, ctx=ast.Load()) if isinstance(place.parent, ast.Return):
            for one, other in combinations(range(len(results)), 2):
                made = list(results)
                made[one], made[other] = results[other], results[one]
                yield ast.Tuple(made, ast.Load())


def names_exchanged(place: Place, scope: EditScope) -> Iterator[ast.AST]:
    """Two names in each other's place, in one line."""
    node, parent = place.node, place.parent
    if place.field != "value" or not isinstance(parent, (ast.Return, ast.Assign, ast.AugAssign)):
        return
    known = {*scope.tensors, *scope.numbers}
    loaded = [n.id for n in ast.walk(node) if isinstance(n, ast.Name) and n.id in known]
    names = list(dict.fromkeys(loaded))
    for one, other in combinations(names, 2) if len(names) <= MOST_NAMES else ():
        yield _Renaming({one: other, other: one}).visit(copy.deepcopy(node))


class _Renaming(ast.NodeTransformer):
    """Some names as others."""

    def __init__(self, names: dict[str, str]) -> None:
        self.names = names

    def visit_Name(self, node: ast.Name) -> ast.Name:
        node.id = self.names.get(node.id, node.id)
        return node


def other_name_throughout(place: Place, scope: EditScope) -> Iterator[EditChange]:
    """Another name wherever one stands, if it is at more places than one."""
    node = place.node
    if not isinstance(node, ast.Name):
        return
    uses = scope.uses.get(node.id, ())
    if len(uses) > 1 and place is uses[0]:
        alike = next((names for names in (scope.numbers, scope.tensors) if node.id in names), ())
        for other in alike:
            if other != node.id:
                yield EditChange(tuple((use, name(other)) for use in uses), place)
