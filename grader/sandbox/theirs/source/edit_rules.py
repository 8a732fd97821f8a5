"""What could stand in the place of a node of a stage's lines, by the kind of slip that it would take back."""

import ast
from collections.abc import Callable, Iterator, Sequence

from grader.border import EditKind
from grader.sandbox.theirs.source.edit_places import EditScope, Place

LARGEST = 1e100
"""A number beyond is left as a fraction, or whole, as it is: it may be infinite, or too large for the other."""
OPERATORS = (ast.Mult, ast.Div, ast.Add, ast.Sub, ast.Pow, ast.MatMult)
POWERS = (2, -1, -2, 0.5, -0.5, -1.5, 3)
ORDERED = (ast.Sub, ast.Div, ast.MatMult, ast.Pow)
NEIGHBOURS = {
    "sum": ("mean",),
    "mean": ("sum",),
    "max": ("min",),
    "min": ("max",),
    "zeros_like": ("ones_like",),
    "ones_like": ("zeros_like",),
    "zeros": ("ones",),
    "ones": ("zeros",),
    "exp": ("log",),
    "log": ("exp",),
    "log_softmax": ("softmax",),
    "softmax": ("log_softmax",),
    "sqrt": ("rsqrt", "square"),
    "square": ("sqrt",),
    "tanh": ("sigmoid",),
    "sigmoid": ("tanh",),
}
KEEPING = {"sum", "mean", "max", "min", "amax", "amin", "prod"}
"""Methods that drop an axis unless they are told to keep it."""
AXES = {"axis", "dim"}


Rule = Callable[[Place, EditScope], Iterator[ast.AST]]


def _value(place: Place) -> ast.expr | None:
    """The node, where it is a value that something can be done to: a statement's, an operand, an argument."""
    node, parent = place.node, place.parent
    if not isinstance(node, ast.expr) or isinstance(getattr(node, "ctx", None), (ast.Store, ast.Del)):
        return None
    statement = isinstance(parent, (ast.Return, ast.Assign, ast.AugAssign)) and place.field == "value"
    element = isinstance(parent, ast.Tuple) and isinstance(node, (ast.BinOp, ast.Name, ast.Call, ast.UnaryOp))
    operand = isinstance(parent, (ast.BinOp, ast.UnaryOp))
    argument = isinstance(parent, ast.Call) and place.field == "args" and not isinstance(node, ast.Constant)
    base = isinstance(parent, ast.Attribute) and not _is_module(node)
    return node if statement or element or operand or argument or base else None


def _term(place: Place) -> ast.expr | None:
    """The node, where another factor would not be the same a step further up."""
    product = isinstance(place.parent, ast.BinOp) and isinstance(place.parent.op, (ast.Mult, ast.Div))
    exponent = isinstance(place.parent, ast.BinOp) and isinstance(place.parent.op, ast.Pow) and place.field == "right"
    return None if product or exponent or isinstance(place.parent, ast.UnaryOp) else _value(place)


def _is_module(node: ast.AST) -> bool:
    return isinstance(node, ast.Name) and node.id in ("torch", "F", "np", "math")


def _name(name: str) -> ast.Name:
    return ast.Name(name, ast.Load())


def _call(value: ast.expr, method: str, *arguments: int, **flags: bool) -> ast.Call:
    keywords = [ast.keyword(name, ast.Constant(flag)) for name, flag in flags.items()]
    return ast.Call(ast.Attribute(value, method, ast.Load()), [*map(ast.Constant, arguments)], keywords)


def _sign(place: Place, scope: EditScope) -> Iterator[ast.AST]:
    if (whole := _value(place)) and not isinstance(whole, ast.UnaryOp):
        yield ast.UnaryOp(ast.USub(), whole)
    match place.node:
        case ast.UnaryOp(op=ast.USub(), operand=operand):
            yield operand
        case ast.BinOp(left=left, op=ast.Add(), right=right):
            yield ast.BinOp(left, ast.Sub(), right)
        case ast.BinOp(left=left, op=ast.Sub(), right=right):
            yield ast.BinOp(left, ast.Add(), right)
        case ast.AugAssign(target=target, op=ast.Add(), value=value):
            yield ast.AugAssign(target, ast.Sub(), value)
        case ast.AugAssign(target=target, op=ast.Sub(), value=value):
            yield ast.AugAssign(target, ast.Add(), value)


def _transposed(place: Place, scope: EditScope) -> Iterator[ast.AST]:
    match place.node:
        case ast.Attribute(value=value, attr="T" | "mT"):
            yield value
        case ast.Call(func=ast.Attribute(value=value, attr="t" | "transpose" | "permute")):
            yield value


def _not_transposed(place: Place, scope: EditScope) -> Iterator[ast.AST]:
    value = _value(place)
    if value and not isinstance(value, ast.Constant) and getattr(value, "attr", "") not in ("T", "mT", "shape"):
        yield ast.Attribute(value, "T", ast.Load())
        yield _call(value, "transpose", -2, -1)


def _flag(place: Place, scope: EditScope) -> Iterator[ast.AST]:
    """A keyword that is True or False, or is not there: keepdims, accumulate."""
    match place.node:
        case ast.Constant(value=bool(flag)):
            yield ast.Constant(not flag)
        case ast.Call(func=ast.Attribute(attr=method) as func, args=[*args], keywords=keywords):
            named = {keyword.arg for keyword in keywords}
            if method in KEEPING and (args or named & AXES) and not named & {"keepdim", "keepdims"}:
                yield ast.Call(func, args, [*keywords, ast.keyword("keepdim", ast.Constant(True))])
            if method.startswith("index_put") and "accumulate" not in named:
                yield ast.Call(func, args, [*keywords, ast.keyword("accumulate", ast.Constant(True))])


def _axis(place: Place, scope: EditScope) -> Iterator[ast.AST]:
    """A whole number that is an argument of a call."""
    if _is_argument(place):
        yield from _numbers_near(place.node, (1, -1, 2, -2))
    match place.node:
        case ast.Call(func=ast.Attribute(attr=method) as func, args=[], keywords=[]) if method in KEEPING:
            for axis in (0, 1, -1):
                yield ast.Call(func, [ast.Constant(axis)], [ast.keyword("keepdim", ast.Constant(True))])


def _is_argument(place: Place) -> bool:
    call = isinstance(place.parent, ast.Call) and place.field == "args"
    return call or (isinstance(place.parent, ast.keyword) and place.parent.arg in AXES)


def _numbers_near(node: ast.AST, steps: Sequence[int]) -> Iterator[ast.AST]:
    match node:
        case ast.Constant(value=int(number)) if not isinstance(number, bool):
            yield from (_number(number + step) for step in steps)


def _number(value: float) -> ast.expr:
    constant = ast.Constant(abs(value))
    return ast.UnaryOp(ast.USub(), constant) if value < 0 else constant


def _function(place: Place, scope: EditScope) -> Iterator[ast.AST]:
    match place.node:
        case ast.Attribute(value=value, attr=name):
            yield from (ast.Attribute(value, other, ast.Load()) for other in NEIGHBOURS.get(name, ()))


def _swapped(place: Place, scope: EditScope) -> Iterator[ast.AST]:
    match place.node:
        case ast.BinOp(left=left, op=op, right=right) if isinstance(op, ORDERED):
            yield ast.BinOp(right, op, left)


def _operator(place: Place, scope: EditScope) -> Iterator[ast.AST]:
    match place.node:
        case ast.BinOp(left=left, op=op, right=right):
            yield from (ast.BinOp(left, other(), right) for other in OPERATORS if not isinstance(op, other))
        case ast.AugAssign(target=target, op=op, value=value):
            yield from (ast.AugAssign(target, other(), value) for other in OPERATORS[:4] if not isinstance(op, other))
        case ast.Assign(targets=[ast.Name() | ast.Subscript() as target], value=value):
            yield ast.AugAssign(target, ast.Add(), value)


def _too_much(place: Place, scope: EditScope) -> Iterator[ast.AST]:
    match place.node:
        case ast.BinOp(left=left, right=right):
            yield from (left, right)
        case ast.Call(func=ast.Attribute(value=value), args=[*args]):
            yield from args[:1] if _is_module(value) else [value]
        case ast.AugAssign() | ast.Expr():
            yield ast.Pass()


def _other_number(place: Place, scope: EditScope) -> Iterator[ast.AST]:
    match place.node:
        case ast.Constant(value=int() | float() as number) if not isinstance(number, bool):
            half = number / 2 if abs(number) < LARGEST else number
            near = (number + 1, number - 1, number * 2, half, -number, 1, 2, 0.5)
            whole = [int(other) if abs(other) < LARGEST and other == int(other) else other for other in near]
            yield from (_number(other) for other in dict.fromkeys(whole) if other != number)
        case ast.Name(id=name) if name in scope.numbers:
            yield from _beside(place.node)
        case ast.Subscript(value=ast.Attribute(attr="shape")) | ast.Call(func=ast.Attribute(attr="numel")):
            yield from _beside(place.node)
    match place.node:
        case ast.Constant(value=int() | float() as number) if not isinstance(number, bool):
            yield from (_name(name) for name in scope.numbers)


def _beside(node: ast.AST) -> Iterator[ast.AST]:
    """One more and one less than a size."""
    assert isinstance(node, ast.expr)
    yield ast.BinOp(node, ast.Sub(), ast.Constant(1))
    yield ast.BinOp(node, ast.Add(), ast.Constant(1))


def _other_name(place: Place, scope: EditScope) -> Iterator[ast.AST]:
    match place.node:
        case ast.Name(id=name, ctx=ast.Load()) if name in scope.numbers:
            yield from (_name(other) for other in scope.numbers if other != name)
        case ast.Name(id=name, ctx=ast.Load()) if name in scope.tensors:
            yield from (_name(other) for other in scope.tensors if other != name)


def _sum(place: Place, scope: EditScope) -> Iterator[ast.AST]:
    value = _value(place)
    if value and not isinstance(value, ast.Constant):
        for axis in (0, 1, -1):
            yield _call(value, "sum", axis, keepdim=True)
        yield _call(value, "sum", 0)
        yield _call(value, "sum")


def _factor(place: Place, scope: EditScope) -> Iterator[ast.AST]:
    if not (term := _term(place)):
        return
    for name in scope.numbers:
        yield ast.BinOp(term, ast.Mult(), _name(name))
        yield ast.BinOp(term, ast.Div(), _name(name))
        less = ast.BinOp(_name(name), ast.Sub(), ast.Constant(1))
        yield ast.BinOp(term, ast.Div(), less)
        yield ast.BinOp(term, ast.Mult(), less)
    yield from (ast.BinOp(term, ast.Mult(), ast.Constant(number)) for number in (2, 0.5))
    yield from (ast.BinOp(term, ast.Pow(), _number(power)) for power in POWERS)
    for name in scope.tensors:
        yield ast.BinOp(term, ast.Mult(), _name(name))
        if name != getattr(term, "id", ""):  # divided by itself, it is no more there
            yield ast.BinOp(term, ast.Div(), _name(name))
        yield ast.BinOp(term, ast.MatMult(), _name(name))
        yield ast.BinOp(_name(name), ast.MatMult(), term)


def _addend(place: Place, scope: EditScope) -> Iterator[ast.AST]:
    inner = isinstance(place.parent, ast.BinOp) and isinstance(place.parent.op, (ast.Add, ast.Sub))
    value = None if inner or isinstance(place.parent, ast.UnaryOp) else _value(place)
    if value is None:
        return
    yield ast.BinOp(ast.Constant(1), ast.Sub(), value)
    for number in (ast.Constant(1), *map(_name, scope.numbers)):
        yield ast.BinOp(value, ast.Sub(), number)
        yield ast.BinOp(value, ast.Add(), number)
    for name in scope.tensors:
        yield ast.BinOp(value, ast.Add(), _name(name))
        if name != getattr(value, "id", ""):
            yield ast.BinOp(value, ast.Sub(), _name(name))
            yield ast.BinOp(_name(name), ast.Sub(), value)


def _rows(place: Place, scope: EditScope) -> Iterator[ast.AST]:
    """`x[:, index]` takes every row together with every index."""
    match place.node:
        case ast.Subscript(value=value, slice=ast.Tuple(elts=[ast.Slice(), index]), ctx=context):
            count = ast.Call(_name("len"), [index], [])
            rows = ast.Call(ast.Attribute(_name("torch"), "arange", ast.Load()), [count], [])
            yield ast.Subscript(value, ast.Tuple([rows, index], ast.Load()), context)


def _repeats(place: Place, scope: EditScope) -> Iterator[ast.AST]:
    """`x[index] += y` keeps one of several values for a row that is there twice."""
    match place.node:
        case ast.AugAssign(target=ast.Subscript(value=value, slice=index), op=ast.Add(), value=added):
            indices = ast.Tuple(index.elts if isinstance(index, ast.Tuple) else [index], ast.Load())
            accumulate = [ast.keyword("accumulate", ast.Constant(True))]
            put = ast.Call(ast.Attribute(value, "index_put_", ast.Load()), [indices, added], accumulate)
            yield ast.Expr(put)


def _alias(place: Place, scope: EditScope) -> Iterator[ast.AST]:
    """Another name for the same tensor, which is changed in place afterwards."""
    match place.node:
        case ast.Assign(targets=targets, value=ast.Name() as value):
            yield ast.Assign(targets, _call(value, "clone"))
        case ast.AugAssign(target=ast.Name(id=name) as target, op=op, value=value):
            yield ast.Assign([target], ast.BinOp(_name(name), op, value))
        case ast.Call(func=ast.Attribute(value=value, attr=method), args=args, keywords=keywords) if method.endswith(
            "_"
        ) and not method.endswith("__"):
            yield ast.Call(ast.Attribute(value, method[:-1], ast.Load()), args, keywords)


RULES: dict[EditKind, Rule] = {
    "sign": _sign,
    "axis": _axis,
    "flag": _flag,
    "transposed": _transposed,
    "not-transposed": _not_transposed,
    "swapped": _swapped,
    "alias": _alias,
    "repeats": _repeats,
    "rows": _rows,
    "operator": _operator,
    "function": _function,
    "too-much": _too_much,
    "number": _other_number,
    "name": _other_name,
    "sum": _sum,
    "factor": _factor,
    "addend": _addend,
}
"""By the kind of the slip that an edit takes back, the simplest first."""
