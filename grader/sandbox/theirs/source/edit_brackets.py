"""Edits of brackets: what operands are taken together."""

import ast
import copy
from collections.abc import Iterator, Sequence

from grader.sandbox.theirs.source.edit_calls import KEEPING
from grader.sandbox.theirs.source.edit_places import (
    EditScope,
    Place,
    attribute,
    call,
    is_module,
    number,
    text_of,
    turned_back,
)

SYMBOLS: dict[type[ast.operator], str] = {
    ast.Add: "+",
    ast.Sub: "-",
    ast.Mult: "*",
    ast.Div: "/",
    ast.MatMult: "@",
    ast.Pow: "**",
}
BINDS = {"+": 1, "-": 1, "*": 2, "/": 2, "@": 2, "**": 3}
MOST_OPERANDS = 9
"""Brackets in a longer row of operands are not tried."""
Row = tuple[list[ast.expr], list[str]]
"""Operands, and the operators between them, as they stand in a line without brackets."""


def brackets_moved(place: Place, scope: EditScope) -> Iterator[ast.AST]:
    """A pair of brackets away, a pair more, or one that a call has, over more or less."""
    node = place.node
    yield from _opened(node)
    if isinstance(node, ast.BinOp) and not _goes_on(place):
        yield from _closed(node)
        yield from _drawn_in(node)
        yield from _one_sided(node)
    yield from _let_out(node)


def brackets_lost(place: Place, scope: EditScope) -> Iterator[ast.AST]:
    """A pair of brackets away, round all of the operands but one or two."""
    if not _goes_on(place):
        yield from _opened(place.node)


def _goes_on(place: Place) -> bool:
    """Whether it is a part of a longer row of operands."""
    parent = place.parent
    return isinstance(parent, ast.BinOp) and place.node not in _row(parent)[0]


def _row(node: ast.expr) -> Row:
    if not isinstance(node, ast.BinOp) or type(node.op) not in SYMBOLS:
        return [node], []
    symbol = SYMBOLS[type(node.op)]
    left, before = _side(node.left, symbol, is_right=symbol == "**")
    right, after = _side(node.right, symbol, is_right=symbol != "**")
    return [*left, *right], [*before, symbol, *after]


def _side(node: ast.expr, symbol: str, *, is_right: bool) -> Row:
    """One side of an operator; an operand by itself if it has brackets. Equals on the right have some."""
    if isinstance(node, ast.BinOp) and type(node.op) in SYMBOLS:
        own, outer = BINDS[SYMBOLS[type(node.op)]], BINDS[symbol]
        if own > outer or (own == outer and not is_right):
            return _row(node)
    return [node], []


def _read(operands: Sequence[ast.expr], symbols: Sequence[str]) -> ast.expr:
    """What a row of operands is, by the rules of precedence."""
    names = [f"o{number}" for number in range(len(operands))]
    text = names[0] + "".join(f" {symbol} {name}" for symbol, name in zip(symbols, names[1:], strict=True))
    return _filled(ast.parse(text, mode="eval").body, dict(zip(names, operands, strict=True)))


def _filled(node: ast.expr, operands: dict[str, ast.expr]) -> ast.expr:
    """With operands in the place of the names that stand for them."""
    match node:
        case ast.BinOp(left=left, op=operator, right=right):
            return ast.BinOp(_filled(left, operands), operator, _filled(right, operands))
        case ast.Name(id=own):
            return operands[own]
    return node


def _opened(node: ast.AST) -> Iterator[ast.AST]:
    """Without one pair of brackets, where that makes a difference."""
    if not isinstance(node, ast.BinOp):
        return
    operands, symbols = _row(node)
    for place, operand in enumerate(operands):
        inner, between = _row(operand)
        before, after = symbols[:place][-1:], symbols[place : place + 1]
        if between and not _is_same(before, between, after):
            yield _read(
                [*operands[:place], *inner, *operands[place + 1 :]], [*symbols[:place], *between, *symbols[place:]]
            )


def _closed(node: ast.BinOp) -> Iterator[ast.AST]:
    """With brackets round some neighbours, where that makes a difference."""
    for first, last in _runs(node):
        operands, symbols = _row(node)
        between = symbols[first:last]
        if not _is_same(symbols[:first][-1:], between, symbols[last : last + 1]):
            inner = _read(operands[first : last + 1], between)
            rest = [*operands[:first], inner, *operands[last + 1 :]]
            yield _read(rest, [*symbols[:first], *symbols[last:]])


def _runs(node: ast.BinOp) -> Iterator[tuple[int, int]]:
    """The first and last of some neighbours among the operands, the fewest first."""
    count = len(_row(node)[0])
    for length in range(2, count if count <= MOST_OPERANDS else 0):
        yield from ((first, first + length - 1) for first in range(count - length + 1))


def _is_same(before: Sequence[str], between: Sequence[str], after: Sequence[str]) -> bool:
    """Whether brackets round some operands make no difference, by the operators before, within and after."""
    least = min(BINDS[symbol] for symbol in between)
    within = "@" in before and "@" in between
    free = not before or BINDS[before[0]] < least or (before[0] in "+*" and BINDS[before[0]] == least) or within
    return free and (not after or BINDS[after[0]] <= least)


def _drawn_in(node: ast.BinOp) -> Iterator[ast.AST]:
    """A call takes its neighbours in: `x * y.sum(0)` as `(x * y).sum(0)`, `sqrt(x) + y` as `sqrt(x + y)`."""
    operands, symbols = _row(node)
    for place, operand in enumerate(operands):
        if (inside := _taken(operand)) is None:
            continue
        ends = [(first, place) for first in range(place)] + [(place, last) for last in range(place + 1, len(operands))]
        for first, last in ends if len(operands) <= MOST_OPERANDS else ():
            row = [*operands[first:place], inside, *operands[place + 1 : last + 1]]
            drawn = _taking(operand, _read(row, symbols[first:last]))
            yield _read([*operands[:first], drawn, *operands[last + 1 :]], [*symbols[:first], *symbols[last:]])


def _let_out(node: ast.AST) -> Iterator[ast.AST]:
    """A call lets a part of what it takes go: `(x * y).sum(0)` as `x * y.sum(0)`."""
    inside = _taken(node)
    if isinstance(inside, ast.BinOp):
        operands, symbols = _row(inside)
        for place in range(1, len(operands)):
            left = _read(operands[:place], symbols[: place - 1])
            right = _read(operands[place:], symbols[place:])
            operator = next(kind for kind, symbol in SYMBOLS.items() if symbol == symbols[place - 1])
            yield ast.BinOp(left, operator(), _taking(node, right))
            yield ast.BinOp(_taking(node, left), operator(), right)


def _one_sided(node: ast.BinOp) -> Iterator[ast.AST]:
    """`x + y * z` for `y * (x + z)`, and the like: a factor that one of two addends has."""
    match node:
        case ast.BinOp(
            left=x, op=ast.Mult() as times, right=ast.BinOp(left=y, op=ast.Add() | ast.Sub() as op, right=z)
        ):
            yield ast.BinOp(y, op, ast.BinOp(x, times, z))
        case ast.BinOp(
            left=ast.BinOp(left=y, op=ast.Add() | ast.Sub() as op, right=z), op=ast.Mult() as times, right=x
        ):
            yield ast.BinOp(ast.BinOp(y, times, x), op, z)


def products_summed(place: Place, scope: EditScope) -> Iterator[ast.AST]:
    """A product of sums as the sum of products: `x.sum(0) * y.sum(0)` as `(x * y).sum(0)`."""
    match place.node:
        case ast.BinOp(left=left, op=ast.Mult(), right=right):
            for one, other in ((left, right), (right, left)):
                summed, also = (
                    _sum(one),
                    _sum(scope.made.get(other.id, other) if isinstance(other, ast.Name) else other),
                )
                if summed and also and ast.dump(summed[1]) == ast.dump(also[1]):
                    yield _taking(summed[1], ast.BinOp(summed[0], ast.Mult(), also[0]))
                    return
        case ast.BinOp(left=left, op=ast.MatMult(), right=right):
            of_left, of_right = _sum(turned_back(left) or left), _sum(turned_back(right) or right)
            if of_left and of_right:
                flat = [_as_rows(each) for each, _ in (of_left, of_right)]
                turned = [attribute(flat[0], "T") if turned_back(left) else flat[0]]
                turned += [attribute(flat[1], "T") if turned_back(right) else flat[1]]
                yield ast.BinOp(turned[0], ast.MatMult(), turned[1])


def whole_jacobian(place: Place, scope: EditScope) -> Iterator[ast.AST]:
    """`s * (d - (s * d).sum(-1))` for `s * (1 - s) * d`, where `s` is a softmax."""
    if not isinstance(place.node, ast.BinOp) or _goes_on(place):
        return
    operands, symbols = _row(place.node)
    if set(symbols) != {"*"}:
        return
    said = [ast.dump(each) for each in operands]
    for own, dumped in zip(operands, said, strict=True):
        rest = [each for each, text in zip(operands, said, strict=True) if text not in (dumped, _one_less(own))]
        if _one_less(own) in said and rest:
            upstream = _read(rest, ["*"] * (len(rest) - 1))
            summed = call(ast.BinOp(own, ast.Mult(), upstream), "sum", -1, keepdims=True)
            yield ast.BinOp(own, ast.Mult(), ast.BinOp(upstream, ast.Sub(), summed))


def factor_drawn_in(place: Place, scope: EditScope) -> Iterator[ast.AST]:
    """`y * (n * (x * d) - (x * d).sum(1))` for `x * y * (n * d - d.sum(1))`: a factor before the sums."""
    if not isinstance(place.node, ast.BinOp) or _goes_on(place):
        return
    operands, symbols = _row(place.node)
    for at, factor in enumerate(operands):
        around = symbols[max(0, at - 1) : at + 1]
        multiplied = set(around) <= {"*"} or (at == 0 and around == ["/"])
        if not multiplied or text_of(factor) not in scope.tensors:
            continue
        rest, between = _without_operand((operands, symbols), at)
        rest = [_Made(scope).visit(copy.deepcopy(each)) if isinstance(each, ast.BinOp) else each for each in rest]
        inside = [
            n.id for each in rest if isinstance(each, ast.BinOp) for n in ast.walk(each) if isinstance(n, ast.Name)
        ]
        for name in dict.fromkeys(inside):
            if inside.count(name) > 1 and name in scope.tensors:
                yield _Multiplied(name, factor).visit(copy.deepcopy(_read(rest, between)))


class _Made(ast.NodeTransformer):
    """A sum or mean in the place of its name."""

    def __init__(self, scope: EditScope) -> None:
        self.scope = scope

    def visit_Name(self, node: ast.Name) -> ast.expr:
        match self.scope.made.get(node.id):
            case ast.Call(func=ast.Attribute(attr=method)) as made if method in KEEPING:
                return copy.deepcopy(made)
        return node


def _without_operand(row: Row, at: int) -> Row:
    """The row without a factor: what is divided leaves a 1."""
    operands, symbols = row
    if at == 0 and symbols[0] == "/":
        return [ast.Constant(1), *operands[1:]], symbols
    return [*operands[:at], *operands[at + 1 :]], [*symbols[: max(0, at - 1)], *symbols[max(1, at) :]]


class _Multiplied(ast.NodeTransformer):
    """A name times something else, wherever it stands."""

    def __init__(self, name: str, factor: ast.expr) -> None:
        self.name, self.factor = name, factor

    def visit_Name(self, node: ast.Name) -> ast.expr:
        return ast.BinOp(self.factor, ast.Mult(), node) if node.id == self.name else node


def _one_less(own: ast.expr) -> str:
    return ast.dump(ast.BinOp(ast.Constant(1), ast.Sub(), own))


def _as_rows(value: ast.expr) -> ast.expr:
    """All rows of a batch below each other."""
    length = ast.Subscript(attribute(value, "shape"), number(-1), ast.Load())
    return ast.Call(attribute(value, "reshape"), [number(-1), length], [])


def _sum(node: ast.AST) -> tuple[ast.expr, ast.Call] | None:
    """What is summed, and the call that sums something else in the same way."""
    match node:
        case ast.Call(func=ast.Attribute(value=value, attr="sum"), args=args, keywords=keywords) if not is_module(
            value
        ):
            return value, ast.Call(attribute(ast.Name("_", ast.Load()), "sum"), args, keywords)
    return None


def _taken(node: ast.AST) -> ast.expr | None:
    """What a call is made of: the tensor that is summed, the argument of a function."""
    match node:
        case ast.Call(func=ast.Attribute(value=base), args=[argument]) if is_module(base):
            return argument
        case ast.Call(func=ast.Attribute(value=base, attr=method)) if not is_module(base) and method in KEEPING:
            return base
    return None


def _taking(node: ast.AST, value: ast.expr) -> ast.expr:
    """The same call, made of something else."""
    assert isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)
    if is_module(node.func.value):
        return ast.Call(node.func, [value], node.keywords)
    return ast.Call(attribute(value, node.func.attr), node.args, node.keywords)
