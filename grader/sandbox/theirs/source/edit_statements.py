"""Edits of names and statements as a whole: what is returned, and when; names that are swapped, or wrong throughout."""

import ast
import copy
from collections.abc import Iterator
from itertools import combinations

from grader.sandbox.theirs.source.edit_calls import one_of_many
from grader.sandbox.theirs.source.edit_places import (
    EditChange,
    EditScope,
    Place,
    attribute,
    call,
    is_shape,
    name,
    named,
    number_of,
    text_of,
)

POSITION = "_position"
MOST_LINES = 14
"""Of more lines in a row, none is moved."""
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
                yield EditChange(tuple((use, named(other)) for use in uses), place)


def gone_through_backwards(place: Place, scope: EditScope) -> Iterator[ast.AST]:
    """What a loop goes through, from the end."""
    node = place.node
    if isinstance(place.parent, ast.For) and place.field == "iter":
        match node:
            case ast.Call(func=ast.Name(id="reversed"), args=[inner]):
                yield inner
            case ast.Subscript(value=inner, slice=ast.Slice(lower=None, upper=None, step=ast.UnaryOp())):
                yield inner
            case ast.expr():
                yield ast.Call(name("reversed"), [ast.Call(name("list"), [node], [])], [])


def one_of_several(place: Place, scope: EditScope) -> Iterator[ast.AST]:
    """What takes one row, or one position, of all: without it, or with their sum."""
    yield from one_of_many(place, scope)
    yield from _one_of_each(place)


def _one_of_each(place: Place) -> Iterator[ast.AST]:
    """A product of one of several with one of several, as the sum of all these: `x[0].T @ y[0]`."""
    node = place.node
    if isinstance(node, ast.BinOp):
        firsts = [part for part in ast.walk(node) if isinstance(part, ast.Subscript) and number_of(part.slice) == 0]
        if len(firsts) > 1 and not any(is_shape(part.value) for part in firsts):
            yield call(_Whole().visit(copy.deepcopy(node)), "sum", 0)


class _Whole(ast.NodeTransformer):
    """All of several in the place of the first, and their last two axes transposed."""

    def visit_Subscript(self, node: ast.Subscript) -> ast.AST:
        return self.visit(node.value) if number_of(node.slice) == 0 else self.generic_visit(node)

    def visit_Attribute(self, node: ast.Attribute) -> ast.AST:
        self.generic_visit(node)
        return call(node.value, "swapaxes", -2, -1) if node.attr == "T" else node


def one_position_only(place: Place, scope: EditScope) -> Iterator[ast.AST]:
    """A line that does one position of several, for all of them: `x[k, 0] += y[k, 0]`."""
    node = place.node
    if not isinstance(node, ast.AugAssign):
        return
    taken = [part for part in ast.walk(node) if isinstance(part, ast.Subscript) and _positions(part)]
    for axis, said in dict.fromkeys(position for part in taken for position in _positions(part)):
        alike = [part for part in taken if (axis, said) in _positions(part)]
        if len(alike) > 1:
            counted = ast.Subscript(attribute(alike[0].value, "shape"), ast.Constant(axis), ast.Load())
            every = ast.Call(name("range"), [counted], [])
            body = _Positions(axis, said).visit(copy.deepcopy(node))
            yield ast.For(ast.Name(POSITION, ast.Store()), every, [body], [])


def _positions(node: ast.Subscript) -> list[tuple[int, int]]:
    """The axes along which one position is taken, and which one."""
    if not isinstance(node.slice, ast.Tuple):
        return []
    told = [(axis, number_of(each)) for axis, each in enumerate(node.slice.elts)]
    return [(axis, said) for axis, said in told if isinstance(said, int)]


class _Positions(ast.NodeTransformer):
    """Each position in the place of one."""

    def __init__(self, axis: int, said: int) -> None:
        self.axis, self.said = axis, said

    def visit_Subscript(self, node: ast.Subscript) -> ast.AST:
        if (self.axis, self.said) in _positions(node) and isinstance(node.slice, ast.Tuple):
            node.slice.elts[self.axis] = name(POSITION)
        return self.generic_visit(node)


def moved(place: Place, scope: EditScope) -> Iterator[EditChange]:
    """A line further down, or further up."""
    body = getattr(place.parent, place.field, None)
    if not isinstance(place.node, (ast.Assign, ast.AugAssign)) or not isinstance(body, list) or place.index is None:
        return
    for to in range(len(body) if len(body) <= MOST_LINES else 0):
        order = [line for line in body if line is not place.node]
        order.insert(to, place.node)
        if to not in (place.index, place.index - 1) and (order[-1] is body[-1] or not isinstance(body[-1], ast.Return)):
            places = [Place(old, place.parent, place.field, at, place.above) for at, old in enumerate(body)]
            puts = [(at, new) for at, new in zip(places, order, strict=True) if at.node is not new]
            yield EditChange(tuple(puts), place)


def one_taken(place: Place, scope: EditScope) -> Iterator[ast.AST]:
    """`x[index] -= 1` for `x[index] -= y`; 0 where `where` takes something; `x - y` for `1 - y`; `x > 0` for `x`."""
    if isinstance(place.parent, ast.Call) and place.field == "args" and place.index == 2:
        yield from [ast.Constant(0)] if getattr(place.parent.func, "attr", "") == "where" else []
    if isinstance(place.node, ast.Constant) and isinstance(place.parent, ast.BinOp) and place.term:
        yield from map(named, scope.tensors)
    if place.operand and isinstance(place.parent, ast.BinOp) and isinstance(place.parent.op, ast.Mult):
        if text_of(place.node) in scope.tensors:
            yield ast.Compare(place.operand, [ast.Gt()], [ast.Constant(0)])
    match place.node:
        case ast.AugAssign(target=ast.Subscript() as target, op=op, value=value) if number_of(value) is None:
            yield ast.AugAssign(target, op, ast.Constant(1))
