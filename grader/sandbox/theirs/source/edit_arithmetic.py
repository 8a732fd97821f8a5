"""Edits of signs, operators, numbers, names, factors, addends: those that take a slip back, those that make it."""

import ast
import copy
from collections.abc import Collection, Iterator
from functools import partial

from grader.sandbox.theirs.source.edit_places import (
    EditChange,
    EditScope,
    Place,
    attribute,
    call,
    is_axis,
    is_bounded,
    is_index,
    is_module,
    is_shape,
    name,
    named,
    number,
    number_of,
    text_of,
    turned_back,
)

LARGEST = 1e100
"""A number beyond is left as a fraction, or whole, as it is: it may be infinite, or too large for the other."""
NEVER_TOO_MUCH = {"where", "copy", "clone"}
"""Without these, something else is there, or the same."""
OPERATORS = (ast.Mult, ast.Div, ast.Add, ast.Sub, ast.Pow, ast.MatMult)
COMPARED = (ast.Lt, ast.LtE, ast.Gt, ast.GtE, ast.Eq, ast.NotEq)
STRICT: dict[type[ast.cmpop], type[ast.cmpop]] = {ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt}
POWERS = (2, -1, -2, 0.5, -0.5, -1.5, 3)
ORDERED = (ast.Sub, ast.Div, ast.MatMult, ast.Pow)
FACTORS = (2, 0.5, 1.0005)
TINY = 0.01
MOST_PARTS = 4
"""Of what a name is made of, so many calls are put in its place."""
EPSILONS = (1e-5, 1e-8, 1e-6, 1e-7, 1e-3, 1e-4, 1e-10, 1e-12, 1e-9)
"""What is added to a variance, as people have it: one may stand in the place of another."""


def other_sign(place: Place, scope: EditScope) -> Iterator[ast.AST]:
    inner = isinstance(place.parent, ast.UnaryOp) or is_bounded(place)
    if (whole := place.value) and not isinstance(whole, ast.UnaryOp) and not inner and not _has_no_sign(place, scope):
        yield ast.UnaryOp(ast.USub(), whole)
    yield from _sign_turned(place)


def _has_no_sign(place: Place, scope: EditScope) -> bool:
    """Whether it is a size, or another name for what is there: nobody gets the sign of these wrong."""
    length = isinstance(place.node, ast.Subscript) and is_shape(place.node.value)
    alias = isinstance(place.parent, ast.Assign) and isinstance(place.node, (ast.Name, ast.Attribute, ast.Subscript))
    return length or alias or text_of(place.node) in scope.numbers


def sign_lost(place: Place, scope: EditScope) -> Iterator[ast.AST]:
    """As `other_sign`, but nowhere that is the same as a step further up or down."""
    if (part := place.operand or place.answer) and not isinstance(part, ast.UnaryOp):
        yield ast.UnaryOp(ast.USub(), part)
    yield from _sign_turned(place)


def _sign_turned(place: Place) -> Iterator[ast.AST]:
    match place.node:
        case ast.UnaryOp(op=ast.USub(), operand=operand) if not is_axis(place):
            yield operand
        case ast.BinOp(left=left, op=ast.Add(), right=right):
            yield ast.BinOp(left, ast.Sub(), right)
        case ast.BinOp(left=left, op=ast.Sub(), right=right):
            yield ast.BinOp(left, ast.Add(), right)
        case ast.AugAssign(target=target, op=ast.Add(), value=value):
            yield ast.AugAssign(target, ast.Sub(), value)
        case ast.AugAssign(target=target, op=ast.Sub(), value=value):
            yield ast.AugAssign(target, ast.Add(), value)


def swapped(place: Place, scope: EditScope) -> Iterator[ast.AST]:
    match place.node:
        case ast.BinOp(left=left, op=op, right=right) if isinstance(op, ORDERED):
            yield ast.BinOp(right, op, left)


def other_operator(place: Place, scope: EditScope) -> Iterator[ast.AST]:
    """Also one where there is none: `x += y` for `x = y`. One that takes an operand away is no other operator."""
    yield from (node for node in _among_operators(place) if not _changes_nothing(node))
    match place.node:
        case ast.BinOp(left=left, op=ast.MatMult(), right=right):
            if turned_back(left) or turned_back(right):
                yield ast.BinOp(turned_back(left) or left, ast.Mult(), turned_back(right) or right)
        case ast.Compare(left=left, ops=[op], comparators=[right]):
            yield from (ast.Compare(left, [other()], [right]) for other in COMPARED if not isinstance(op, other))
        case ast.Assign(targets=[ast.Name() | ast.Subscript() | ast.Attribute() as target], value=value):
            yield ast.AugAssign(target, ast.Add(), value)


def _changes_nothing(node: ast.AST) -> bool:
    """Whether it is one side alone, the other being 1 or 0."""
    match node:
        case ast.BinOp(left=left, op=ast.Mult() | ast.Pow(), right=right):
            return 1 in (number_of(left), number_of(right))
        case ast.BinOp(op=ast.Div(), right=right):
            return number_of(right) == 1
        case ast.BinOp(left=left, op=ast.Add() | ast.Sub(), right=right):
            return 0 in (number_of(left), number_of(right))
    return False


def operator_mistaken(place: Place, scope: EditScope) -> Iterator[ast.AST]:
    """Also none where there is one: `x = y` for `x += y`."""
    yield from _among_operators(place)
    match place.node:
        case ast.AugAssign(target=target, value=value):
            yield ast.Assign([target], value)


def _among_operators(place: Place) -> Iterator[ast.AST]:
    match place.node:
        case ast.BinOp(left=left, op=op, right=right):
            yield from (ast.BinOp(left, other(), right) for other in OPERATORS if not isinstance(op, other))
        case ast.AugAssign(target=target, op=op, value=value):
            yield from (ast.AugAssign(target, other(), value) for other in OPERATORS[:4] if not isinstance(op, other))


def other_number(place: Place, scope: EditScope) -> Iterator[ast.AST]:
    is_constant, told = isinstance(place.node, ast.Constant) and not is_axis(place), number_of(place.node)
    if is_constant and told is not None:
        tiny = EPSILONS if isinstance(told, float) and 0 < told < TINY else ()
        yield from (
            number(other) for other in dict.fromkeys([*tiny, *_near(told), -told, 1, 2, 0.5, 0]) if other != told
        )
    match place.node:
        case ast.Name(id=own) if own in scope.numbers:
            yield from _beside(place.node)
        case ast.Subscript(value=ast.Attribute(attr="shape")):
            yield from _beside(place.node)
        case ast.Call(func=ast.Attribute(value=value, attr="numel")) | ast.Attribute(value=value, attr="size"):
            yield from (ast.Subscript(attribute(value, "shape"), number(axis), ast.Load()) for axis in (0, -1))
            yield from _beside(place.node)
    if is_constant and told is not None:
        yield from map(name, (*scope.numbers, *(scope.counters if is_index(place) else ())))


def number_mistaken(place: Place, scope: EditScope) -> Iterator[ast.AST]:
    """Another number, or one that is typed in for a size."""
    told = number_of(place.node)
    if isinstance(place.node, ast.Constant) and told is not None and not is_axis(place):
        yield from (number(other) for other in dict.fromkeys([0, *_near(told)]) if other != told)
    match place.node:
        case ast.Name(id=own, ctx=ast.Load()) if own in scope.numbers:
            yield from _typed_in(own, scope)
        case ast.Attribute(value=ast.Name(id=own), attr="shape"):
            yield from _typed_in(own, scope)
        case ast.Subscript(value=ast.Attribute(value=ast.Name(id=own), attr="shape"), slice=index):
            yield from _length(own, number_of(index), scope)
        case ast.Call(func=ast.Attribute(attr="zeros_like" | "ones_like" as like), args=[ast.Name(id=own)]):
            made = attribute(name("torch"), like.removesuffix("_like"))
            yield from (ast.Call(made, [shape], []) for shape in _typed_in(own, scope))


def _near(told: float) -> list[float]:
    half = told / 2 if abs(told) < LARGEST else told
    near = (told + 1, told - 1, told * 2, half)
    return [int(other) if abs(other) < LARGEST and other == int(other) else other for other in near]


def _beside(node: ast.AST) -> Iterator[ast.AST]:
    """One more and one less than a size."""
    assert isinstance(node, ast.expr)
    yield ast.BinOp(node, ast.Sub(), ast.Constant(1))
    yield ast.BinOp(node, ast.Add(), ast.Constant(1))


def _typed_in(own: str, scope: EditScope) -> Iterator[ast.expr]:
    match scope.typed_in.get(own):
        case int(size):
            yield ast.Constant(size)
        case tuple(shape):
            yield ast.Tuple([ast.Constant(length) for length in shape], ast.Load())


def _length(own: str, axis: float | None, scope: EditScope) -> Iterator[ast.expr]:
    shape = scope.typed_in.get(own)
    if isinstance(shape, tuple) and isinstance(axis, int) and -len(shape) <= axis < len(shape):
        yield ast.Constant(shape[axis])


def other_name(place: Place, scope: EditScope) -> Iterator[ast.AST | EditChange]:
    """Also where the largest are, in the place of an index; what something is made of; the rows of another."""
    yield from name_mistaken(place, scope)
    yield from _other_turned(place, scope)
    yield from _other_compared(place.node, scope)
    yield from _other_squared(place.node, scope)
    yield from _made_of(place, scope)
    yield from _other_rows(place, scope)
    if is_index(place) and text_of(place.node) in scope.tensors:
        yield from (call(named(other), "argmax", 1) for other in scope.tensors if other != text_of(place.node))


def _other_turned(place: Place, scope: EditScope) -> Iterator[ast.AST]:
    """`y.T` for `x` in a matrix product, and `y` for `x.T`."""
    if not (isinstance(place.parent, ast.BinOp) and isinstance(place.parent.op, ast.MatMult)):
        return
    back = turned_back(place.node)
    for other in _other_tensors(back or place.node, scope):
        yield named(other) if back else attribute(named(other), "T")


def _other_tensors(node: ast.AST, scope: EditScope) -> list[str]:
    """Those that could stand in the place of one; none for what is no tensor."""
    own = text_of(node)
    return [other for other in scope.tensors if other != own] if own in scope.tensors else []


def _other_compared(node: ast.AST, scope: EditScope) -> Iterator[ast.AST]:
    """`y <= 0` for `x < 0`: what is compared, and whether it may be alike."""
    match node:
        case ast.Compare(left=left, ops=[op], comparators=[right]) if number_of(right) is not None:
            if turned := STRICT.get(type(op)):
                yield from (ast.Compare(named(own), [turned()], [right]) for own in _other_tensors(left, scope))


def _other_squared(node: ast.AST, scope: EditScope) -> Iterator[ast.AST]:
    """`y * y` for `x * x`."""
    match node:
        case ast.BinOp(left=left, op=op, right=right) if text_of(left) == text_of(right):
            yield from (ast.BinOp(named(own), op, named(own)) for own in _other_tensors(left, scope))


def _made_of(place: Place, scope: EditScope) -> Iterator[ast.AST]:
    """A call within what a name is given: the variance for what is the root of it."""
    made = scope.made.get(text_of(place.node)) if place.value else None
    if isinstance(made, (ast.Call, ast.BinOp)):
        inner = [each for each in ast.walk(made) if isinstance(each, ast.Call) and each is not made]
        yield from inner[:MOST_PARTS]


def _other_rows(place: Place, scope: EditScope) -> Iterator[EditChange]:
    """The number of rows of something, wherever is divided by another number, or multiplied as well."""
    own = text_of(place.node)
    factors = [use for use in scope.uses.get(own, ()) if _is_factor(use)]
    divisors = [use for use in factors if isinstance(use.parent, ast.BinOp) and isinstance(use.parent.op, ast.Div)]
    if divisors and place is divisors[0]:
        for uses in [divisors, factors] if len(factors) > len(divisors) else [divisors]:
            for other in scope.tensors:
                if other != own:
                    rows = ast.Subscript(attribute(named(other), "shape"), ast.Constant(0), ast.Load())
                    yield EditChange(tuple((use, rows) for use in uses), place, twins=len(uses) > 1)


def _is_factor(place: Place) -> bool:
    match place.parent:
        case ast.BinOp(op=ast.Mult()):
            return True
        case ast.BinOp(op=ast.Div()):
            return place.field == "right"
    return False


def name_mistaken(place: Place, scope: EditScope) -> Iterator[ast.AST]:
    own = text_of(place.node)
    if own and isinstance(getattr(place.node, "ctx", None), ast.Load):
        alike = next((names for names in (scope.numbers, scope.tensors, scope.counters) if own in names), ())
        yield from (named(other) for other in alike if other != own)


def one_more_factor(place: Place, scope: EditScope) -> Iterator[ast.AST]:
    """A factor, divisor or power; what a loop counts with, in steps."""
    yield from _in_steps(place.node, scope)
    if isinstance(place.node, ast.Call) and getattr(place.node.func, "attr", "") == "exp":
        yield ast.BinOp(place.node, ast.Div(), call(place.node, "sum", -1, keepdims=True))
    if not (term := place.term):
        if (factor := place.operand) and isinstance(factor, (ast.Name, ast.Attribute)):
            yield from (ast.BinOp(factor, ast.Pow(), number(power)) for power in POWERS)
        return
    for own in scope.numbers:
        yield ast.BinOp(term, ast.Mult(), name(own))
        yield ast.BinOp(term, ast.Div(), name(own))
        less = ast.BinOp(name(own), ast.Sub(), ast.Constant(1))
        yield ast.BinOp(term, ast.Div(), less)
        yield ast.BinOp(term, ast.Mult(), less)
    yield from (ast.BinOp(term, ast.Mult(), ast.Constant(factor)) for factor in (2, 0.5))
    for own in scope.shares:
        yield ast.BinOp(ast.BinOp(ast.Constant(1), ast.Sub(), named(own)), ast.Mult(), term)
    if any(text_of(part) in scope.tensors for part in ast.walk(term)):
        yield from (ast.BinOp(term, ast.Mult(), derivative) for derivative in _derivatives(scope))
    yield from (ast.BinOp(term, ast.Pow(), number(power)) for power in POWERS)
    yield from (ast.BinOp(term, ast.Div(), ast.BinOp(name(own), ast.Pow(), number(0.5))) for own in scope.numbers)
    for own in () if isinstance(term, ast.Constant) else scope.tensors:  # that is something else in its place
        yield ast.BinOp(term, ast.Mult(), named(own))
        if own != text_of(term):  # divided by itself, it is no more there
            yield ast.BinOp(term, ast.Div(), named(own))
        yield ast.BinOp(term, ast.MatMult(), named(own))
        yield ast.BinOp(named(own), ast.MatMult(), term)


def _in_steps(node: ast.AST, scope: EditScope) -> Iterator[ast.AST]:
    """`x[i * s : i * s + n, j * s : j * s + n]` for `x[i : i + n, j : j + n]`, and in one axis alone."""
    if not (isinstance(node, ast.Subscript) and isinstance(node.slice, ast.Tuple) and scope.counters):
        return
    elements = node.slice.elts
    counted = [at for at, each in enumerate(elements) if _Steps(scope.counters, "").counts(each)][-2:]
    for axes in (counted, *([at] for at in counted)) if len(counted) > 1 else [counted]:
        for own in filter(partial(_is_step, scope), scope.uses) if axes else ():
            stepped = _Steps(scope.counters, own)
            made = [stepped.visit(copy.deepcopy(each)) if at in axes else each for at, each in enumerate(elements)]
            yield ast.Subscript(node.value, ast.Tuple(made, ast.Load()), node.ctx)


def _is_step(scope: EditScope, own: str) -> bool:
    """Whether counters are multiplied by it elsewhere, or a length is divided into so many steps."""
    parents = (use.parent for use in scope.uses[own])
    return any(
        isinstance(parent, ast.BinOp)
        and (
            (isinstance(parent.op, ast.FloorDiv) and text_of(parent.right) == own)
            or (isinstance(parent.op, ast.Mult) and {text_of(parent.left), text_of(parent.right)} & {*scope.counters})
        )
        for parent in parents
    )


class _Steps(ast.NodeTransformer):
    """Counters times a number."""

    def __init__(self, counters: Collection[str], own: str) -> None:
        self.counters, self.own = counters, own

    def counts(self, node: ast.AST) -> bool:
        """Whether a counter stands in it by itself: not alone, where it says which of many, nor multiplied already."""
        return not isinstance(node, ast.Name) and any(text_of(each) in self.counters for each in ast.walk(node))

    def visit_BinOp(self, node: ast.BinOp) -> ast.AST:
        return node if isinstance(node.op, ast.Mult) else self.generic_visit(node)

    def visit_Name(self, node: ast.Name) -> ast.expr:
        return ast.BinOp(node, ast.Mult(), named(self.own)) if node.id in self.counters else node


def _derivatives(scope: EditScope) -> Iterator[ast.expr]:
    """Those of functions whose values have names: `1 - t ** 2` for a tanh `t`, `s * (1 - s)` for a sigmoid `s`."""
    for own in scope.tensors:
        less = ast.BinOp(ast.Constant(1), ast.Sub(), named(own))
        if _is_made_by("tanh", own, scope):
            yield ast.BinOp(ast.Constant(1), ast.Sub(), ast.BinOp(named(own), ast.Pow(), ast.Constant(2)))
        if _is_made_by("sigmoid", own, scope):
            yield ast.BinOp(named(own), ast.Mult(), less)


def _is_made_by(function: str, own: str, scope: EditScope) -> bool:
    """Whether a name is given what a function makes; what an object keeps may be called after it."""
    match scope.made.get(own):
        case ast.Call(func=ast.Attribute(attr=made)):
            return made == function
    return own == f"self.{function}"


def factor_dropped(place: Place, scope: EditScope) -> Iterator[ast.AST]:
    match place.node:
        case ast.BinOp(left=left, op=ast.Mult() | ast.Div() | ast.Pow() | ast.MatMult(), right=right):
            yield from (left, right)
        case ast.AugAssign(op=ast.Mult() | ast.Div()):
            yield ast.Pass()


def one_more_addend(place: Place, scope: EditScope) -> Iterator[ast.AST]:
    """Something to add or take away; under a root or a power, also what keeps it from 0."""
    inner = isinstance(place.parent, ast.BinOp) and isinstance(place.parent.op, (ast.Add, ast.Sub))
    value = None if inner or isinstance(place.parent, ast.UnaryOp) else place.value or place.compared
    if value is None:
        return
    yield ast.BinOp(ast.Constant(1), ast.Sub(), value)
    if _is_rooted(place):
        yield from (ast.BinOp(value, ast.Add(), ast.Constant(epsilon)) for epsilon in EPSILONS[:3])
    for more in (ast.Constant(1), *map(name, scope.numbers)):
        yield ast.BinOp(value, ast.Sub(), more)
        yield ast.BinOp(value, ast.Add(), more)
    for own in scope.tensors:
        yield ast.BinOp(value, ast.Add(), named(own))
        if own != text_of(value):
            yield ast.BinOp(value, ast.Sub(), named(own))
            yield ast.BinOp(named(own), ast.Sub(), value)


def _is_rooted(place: Place) -> bool:
    match place.parent:
        case ast.BinOp(op=ast.Pow()):
            return place.field == "left"
        case ast.Call(func=ast.Attribute(attr="sqrt" | "rsqrt")):
            return True
        case ast.Attribute(attr="sqrt" | "rsqrt" | "pow"):
            return True
    return False


def addend_dropped(place: Place, scope: EditScope) -> Iterator[ast.AST]:
    """Also a line that adds something, or puts it in its place."""
    match place.node:
        case ast.BinOp(left=left, op=ast.Add() | ast.Sub(), right=right):
            yield from (left, right)
        case ast.AugAssign(op=ast.Add() | ast.Sub()) | ast.Expr() | ast.Assign(targets=[ast.Subscript()]):
            yield ast.Pass()


def something_dropped(place: Place, scope: EditScope) -> Iterator[ast.AST]:
    """What is too much: an operand, a call, an axis of length 1, a line."""
    match place.node:
        case ast.BinOp(left=left, op=operator, right=right):
            yield from (left, right)
            if isinstance(operator, ast.Div) and number_of(left) is None:
                yield ast.BinOp(ast.Constant(1), ast.Div(), right)
        case ast.Call(func=ast.Attribute(value=value, attr=method), args=[*args]) if method not in NEVER_TOO_MUCH:
            yield from args[:1] if is_module(value) else [value]
        case ast.Subscript(value=value, slice=ast.Constant(value=None)):
            yield value
        case ast.Subscript(value=value, slice=ast.Tuple(elts=[ast.Constant(), ast.Constant(value=None)])):
            yield value
        case ast.AugAssign() | ast.Expr():
            yield ast.Pass()


def something_more(place: Place, scope: EditScope) -> Iterator[ast.AST]:
    """The answer zeroed, a multiple of it, its mean, its absolute value, or with one axis more."""
    if not (answer := place.answer):
        return
    yield ast.Call(attribute(name("torch"), "zeros_like"), [answer], [])
    yield from (ast.BinOp(ast.Constant(factor), ast.Mult(), answer) for factor in FACTORS)
    yield from (ast.BinOp(answer, operator, call(answer, "numel")) for operator in (ast.Mult(), ast.Div()))
    yield from (call(answer, method) for method in ("mean", "abs"))
    first, last = ast.Constant(None), ast.Tuple([ast.Constant(...), ast.Constant(None)], ast.Load())
    yield from (ast.Subscript(answer, axis, ast.Load()) for axis in (first, last))
