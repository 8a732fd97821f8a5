"""Edits of axes, keywords, methods, look-ups: those that take a slip back, those that make it."""

import ast
from collections.abc import Iterator
from itertools import permutations

from grader.sandbox.theirs.source.edit_places import (
    AXES,
    EditChange,
    EditScope,
    Place,
    attribute,
    call,
    is_axis,
    is_bounded,
    is_module,
    is_shape,
    name,
    number,
    number_of,
    turned_back,
)

NEIGHBOURS = {
    "sum": ("mean",),
    "mean": ("sum",),
    "max": ("min",),
    "min": ("max",),
    "amax": ("amin",),
    "amin": ("amax",),
    "argmax": ("argmin",),
    "argmin": ("argmax",),
    "maximum": ("minimum",),
    "minimum": ("maximum",),
    "scatter": ("scatter_add",),
    "scatter_": ("scatter_add_",),
    "index_copy": ("index_add",),
    "index_copy_": ("index_add_",),
    "zeros_like": ("ones_like",),
    "ones_like": ("zeros_like",),
    "zeros": ("ones",),
    "ones": ("zeros",),
    "exp": ("log",),
    "log": ("exp",),
    "log_softmax": ("softmax",),
    "softmax": ("log_softmax",),
    "sqrt": ("rsqrt", "square"),
    "rsqrt": ("sqrt",),
    "square": ("sqrt",),
    "std": ("var",),
    "var": ("std",),
    "tanh": ("sigmoid",),
    "sigmoid": ("tanh",),
}
KEEPING = {"sum", "mean", "max", "min", "amax", "amin", "prod"}
"""Methods that drop an axis unless they are told to keep it."""
SEVERAL = ((-2, -1), (0, 2, 3))
"""Axes over which images are taken together: a window, or a channel."""
STEPS = (1, -1, 2, -2)
MOST_AXES = 4
"""Those of a `view` are put in every order, if they are no more."""


def transposed(place: Place, scope: EditScope) -> Iterator[ast.AST]:
    match place.node:
        case ast.Attribute(value=value, attr="T" | "mT"):
            yield value
        case ast.Call(func=ast.Attribute(value=value, attr="t" | "transpose" | "permute")):
            yield value


def not_transposed(place: Place, scope: EditScope) -> Iterator[ast.AST]:
    for value in _to_turn(place.value):
        yield attribute(value, "T")
        yield call(value, "transpose", -2, -1)


def other_transposed(place: Place, scope: EditScope) -> Iterator[ast.AST]:
    """The other one of two factors."""
    match place.node:
        case ast.BinOp(left=left, op=ast.MatMult(), right=right):
            one, other = turned_back(left), turned_back(right)
            if other and not one:
                yield ast.BinOp(call(left, "swapaxes", -2, -1), ast.MatMult(), other)
            if one and not other:
                yield ast.BinOp(one, ast.MatMult(), call(right, "swapaxes", -2, -1))


def turned(place: Place, scope: EditScope) -> Iterator[ast.AST]:
    """As `not_transposed`, in one spelling, where it is not the same as a step further up or down."""
    yield from (attribute(value, "T") for value in _to_turn(place.operand))


def _to_turn(value: ast.expr | None) -> Iterator[ast.expr]:
    if value and not isinstance(value, ast.Constant) and getattr(value, "attr", "") not in ("T", "mT", "shape"):
        yield value


def flag(place: Place, scope: EditScope) -> Iterator[ast.AST]:
    """A keyword that is True or False, or is not there: keepdims, accumulate."""
    match place.node:
        case ast.Constant(value=bool(said)):
            yield ast.Constant(not said)
        case ast.Call(func=ast.Attribute(attr=method) as func, args=[*args], keywords=keywords):
            named = {keyword.arg for keyword in keywords}
            if method in KEEPING and (args or named & AXES) and not named & {"keepdim", "keepdims"}:
                yield ast.Call(func, args, [*keywords, ast.keyword("keepdims", ast.Constant(True))])
            if method.startswith("index_put") and "accumulate" not in named:
                yield ast.Call(func, args, [*keywords, ast.keyword("accumulate", ast.Constant(True))])


def other_axis(place: Place, scope: EditScope) -> Iterator[ast.AST]:
    """Another number where an axis stands; or one where there is none."""
    yield from _axes_near(place)
    match place.node:
        case ast.Call(func=ast.Attribute(attr=method) as func, args=[], keywords=[]) if method in KEEPING:
            for axis in (0, 1, -1):
                if method in ("max", "min"):
                    yield call(func.value, f"a{method}", axis, keepdims=True)
                yield ast.Call(func, [ast.Constant(axis)], [ast.keyword("keepdims", ast.Constant(True))])
            yield from (_over(func, [], axes) for axes in SEVERAL)
        case ast.Call(func=ast.Attribute(value=base, attr=method) as func, args=[_] as args, keywords=[]) if (
            is_module(base) and method in KEEPING
        ):
            yield from (_over(func, args, axes) for axes in (0, 1, -1, *SEVERAL))
            yield from (ast.Call(func, args, [ast.keyword("axis", ast.Constant(axis))]) for axis in (0, 1))
        case ast.Call(func=ast.Attribute(attr=method) as func, args=[axis], keywords=[]) if method in KEEPING:
            yield from _kept(func, number_of(axis))
        case ast.Call(
            func=ast.Attribute(attr=method) as func, args=[*args], keywords=[ast.keyword(arg=arg, value=axis)]
        ):
            if arg in AXES and method in KEEPING:
                yield from _kept(func, number_of(axis), *args)
        case ast.Tuple(elts=[first, *_]) if is_axis(Place(first, place.node, "elts", 0, place)):
            yield from map(number, (0, 1, 2, -1))
            yield from _without_one(place.node)


def _over(func: ast.Attribute, args: list[ast.expr], axes: int | tuple[int, ...]) -> ast.Call:
    """Over an axis or several, which are kept."""
    along = ast.Tuple([number(axis) for axis in axes], ast.Load()) if isinstance(axes, tuple) else number(axes)
    return ast.Call(func, [*args], [ast.keyword("axis", along), ast.keyword("keepdims", ast.Constant(True))])


def _without_one(axes: ast.Tuple) -> Iterator[ast.AST]:
    for place in range(len(axes.elts) if len(axes.elts) > 2 else 0):
        yield ast.Tuple([*axes.elts[:place], *axes.elts[place + 1 :]], ast.Load())


def _kept(func: ast.Attribute, axis: float | None, *args: ast.expr) -> Iterator[ast.AST]:
    """Another axis, which is kept."""
    if isinstance(axis, int):
        for other in (axis + 1, axis - 1):
            keywords = [ast.keyword("axis", number(other)), ast.keyword("keepdims", ast.Constant(True))]
            yield ast.Call(func, [*args], keywords)


def axis_mistaken(place: Place, scope: EditScope) -> Iterator[ast.AST]:
    """Another axis, or all of them. Of a shape, only one beside it: the same length may have two numbers."""
    yield from _axes_near(place, (1, -1) if isinstance(place.parent, ast.Subscript) else STEPS)
    match place.node:
        case ast.Call(func=ast.Attribute(attr=method) as func, args=[_, *_]) if method in KEEPING:
            yield ast.Call(func, [], [])


def _axes_near(place: Place, steps: tuple[int, ...] = STEPS) -> Iterator[ast.AST]:
    told = number_of(place.node)
    if told is not None and is_axis(place) and not isinstance(place.parent, ast.UnaryOp):
        yield from (number(told + step) for step in steps)


def other_function(place: Place, scope: EditScope) -> Iterator[ast.AST]:
    """Also the last of a list, which is to be taken off it."""
    match place.node:
        case ast.Subscript(value=value, slice=last, ctx=ast.Load()) if number_of(last) == -1 and not is_shape(value):
            yield call(value, "pop")
        case ast.Attribute(value=value, attr=name) if not is_bounded(place):
            yield from (attribute(value, other) for other in NEIGHBOURS.get(name, ()))
        case ast.Call(func=ast.Attribute(value=base, attr="log"), args=args):
            inner = args[0] if args and is_module(base) else base
            yield ast.BinOp(ast.Constant(1), ast.Div(), inner)
            yield ast.UnaryOp(ast.USub(), ast.BinOp(inner, ast.Pow(), number(-2)))


def one_more_sum(place: Place, scope: EditScope) -> Iterator[ast.AST]:
    value = place.value
    if value and not isinstance(value, ast.Constant):
        for axis in (0, 1, -1):
            yield call(value, "sum", axis, keepdims=True)
        yield call(value, "sum", 0)
        yield call(value, "sum")


def sum_dropped(place: Place, scope: EditScope) -> Iterator[ast.AST]:
    match place.node:
        case ast.Call(func=ast.Attribute(value=value, attr="sum")):
            yield value


def row_by_row(place: Place, scope: EditScope) -> Iterator[EditChange]:
    """`x[:, index]` takes every row together with every index."""
    match place.node:
        case ast.Subscript(value=value, slice=ast.Tuple(elts=[ast.Slice(), index]), ctx=context):
            for counting in (attribute(name("torch"), "arange"), name("range")):
                rows = ast.Call(counting, [ast.Call(name("len"), [index], [])], [])
                each = ast.Subscript(value, ast.Tuple([rows, index], ast.Load()), context)
                yield EditChange(((place, each),), place)
                if place.above and isinstance(place.parent, ast.AugAssign):
                    flat = ast.AugAssign(each, place.parent.op, call(place.parent.value, "reshape", -1))
                    yield EditChange(((place.above, flat),), place)


def every_row(place: Place, scope: EditScope) -> Iterator[ast.AST]:
    """`x[:, index]` for `x[torch.arange(n), index]`."""
    match place.node:
        case ast.Subscript(value=value, slice=ast.Tuple(elts=[ast.Call(), index]), ctx=context):
            yield ast.Subscript(value, ast.Tuple([ast.Slice(), index], ast.Load()), context)


def repeats_added(place: Place, scope: EditScope) -> Iterator[ast.AST]:
    """`x[index] += y`, or `x[index] = y`, keeps one of several values for a row that is there twice."""
    match place.node:
        case (
            ast.AugAssign(target=ast.Subscript(value=value, slice=index), op=ast.Add(), value=added)
            | ast.Assign(targets=[ast.Subscript(value=value, slice=index)], value=added)
        ):
            indices = ast.Tuple(index.elts if isinstance(index, ast.Tuple) else [index], ast.Load())
            accumulate = [ast.keyword("accumulate", ast.Constant(True))]
            yield ast.Expr(ast.Call(attribute(value, "index_put_"), [indices, added], accumulate))


def repeats_lost(place: Place, scope: EditScope) -> Iterator[ast.AST]:
    """`x[index] += y` for `x.index_put_((index,), y, accumulate=True)`."""
    match place.node:
        case ast.Expr(
            value=ast.Call(func=ast.Attribute(value=value, attr="index_put_"), args=[ast.Tuple(elts=indices), added])
        ):
            index = indices[0] if len(indices) == 1 else ast.Tuple(indices, ast.Load())
            yield ast.AugAssign(ast.Subscript(value, index, ast.Store()), ast.Add(), added)


def copied(place: Place, scope: EditScope) -> Iterator[ast.AST]:
    """Another name for the same tensor, which is changed in place afterwards."""
    match place.node:
        case ast.Assign(targets=targets, value=ast.Name() as value):
            yield ast.Assign(targets, call(value, "clone"))
            yield ast.Assign(targets, call(value, "copy"))
        case ast.AugAssign(target=ast.Name(id=own) as target, op=op, value=value):
            yield ast.Assign([target], ast.BinOp(name(own), op, value))
        case ast.Call(func=ast.Attribute(value=value, attr=method), args=args, keywords=keywords) if method.endswith(
            "_"
        ) and not method.endswith("__"):
            yield ast.Call(attribute(value, method[:-1]), args, keywords)


def changed_in_place(place: Place, scope: EditScope) -> Iterator[ast.AST]:
    """No copy, or `x += y` for `x = x + y`."""
    match place.node:
        case ast.Assign(targets=targets, value=ast.Call(func=ast.Attribute(value=value, attr="clone"), args=[])):
            yield ast.Assign(targets, value)
        case ast.Assign(targets=[ast.Name(id=own) as target], value=ast.BinOp(left=ast.Name(id=left), op=op, right=y)):
            yield from [ast.AugAssign(target, op, y)] if own == left else []


def axes_ordered(place: Place, scope: EditScope) -> Iterator[ast.AST]:
    """What a `view` or `reshape` makes, with its axes in another order: before it is filled, or after. Two indices."""
    yield from _axes_exchanged(place.node)
    yield from _channels_last(place.node)
    match place.node:
        case ast.Call(func=ast.Attribute(value=inner, attr="transpose" | "permute" | "swapaxes")):
            yield from _sizes_ordered(inner)
        case ast.Attribute(value=inner, attr="T" | "mT"):
            yield call(inner, "swapaxes", -2, -1)
            yield from _sizes_ordered(inner)
        case ast.Call(func=ast.Attribute(attr="view" | "reshape") as func, args=sizes) if 2 <= len(sizes) <= MOST_AXES:
            yield from _sizes_ordered(place.node)
            for order in list(permutations(range(len(sizes))))[1:]:
                filled = ast.Call(func, [sizes[order.index(axis)] for axis in range(len(sizes))], [])
                yield call(filled, "permute", *order)
                yield call(filled, "transpose", *order)


def _channels_last(node: ast.AST) -> Iterator[ast.AST]:
    """Rows of channels as images: `x.reshape(n, h, w, c).transpose(0, 3, 1, 2)` for `x.reshape(images.shape)`; and
    images as rows: `x.transpose(0, 2, 3, 1).reshape(-1, c)` for `x.reshape(-1, c)`."""
    match node:
        case ast.Call(
            func=ast.Attribute(value=rows, attr="reshape" | "view"), args=[ast.Attribute(attr="shape") as shape]
        ):
            sizes = [ast.Subscript(shape, number(axis), ast.Load()) for axis in (0, 2, 3, 1)]
            images = ast.Call(attribute(rows, "reshape"), [*sizes], [])
            yield call(images, "transpose", 0, 3, 1, 2)
            yield call(images, "permute", 0, 3, 1, 2)
        case ast.Call(func=ast.Attribute(value=images, attr="reshape" | "view"), args=[first, channels]) if (
            number_of(first) == -1
        ):
            for method in ("transpose", "permute"):
                rows = call(images, method, 0, 2, 3, 1)
                yield ast.Call(attribute(rows, "reshape"), [first, channels], [])


def _axes_exchanged(node: ast.AST) -> Iterator[ast.AST]:
    match node:
        case ast.Subscript(value=value, slice=ast.Tuple(elts=[one, other]), ctx=context):
            yield ast.Subscript(value, ast.Tuple([other, one], ast.Load()), context)


def _sizes_ordered(node: ast.AST) -> Iterator[ast.AST]:
    match node:
        case ast.Call(func=ast.Attribute(attr="view" | "reshape") as func, args=sizes) if 2 <= len(sizes) <= MOST_AXES:
            for order in list(permutations(sizes))[1:]:
                yield ast.Call(func, list(order), [])


def both_ends_cut(place: Place, scope: EditScope) -> Iterator[ast.AST]:
    """`x[p : x.shape[0] - p]` for `x[p:]`, at every axis that has one end cut off."""
    match place.node:
        case ast.Subscript(value=value, slice=ast.Tuple(elts=axes), ctx=context):
            cut = [_both_ends(value, number, axis) for number, axis in enumerate(axes)]
            if cut != axes:
                yield ast.Subscript(value, ast.Tuple(cut, ast.Load()), context)
        case ast.Subscript(value=value, slice=axis, ctx=context) if _both_ends(value, 0, axis) is not axis:
            yield ast.Subscript(value, _both_ends(value, 0, axis), context)


def _both_ends(value: ast.expr, number: int, axis: ast.expr) -> ast.expr:
    match axis:
        case ast.Slice(lower=ast.expr() as lower, upper=None, step=None):
            length = ast.Subscript(attribute(value, "shape"), ast.Constant(number), ast.Load())
            return ast.Slice(lower, ast.BinOp(length, ast.Sub(), lower))
        case ast.Slice(lower=None, upper=ast.UnaryOp(op=ast.USub(), operand=upper) as last, step=None):
            return ast.Slice(upper, last)
        case ast.Slice(lower=ast.expr() as lower, upper=ast.UnaryOp(op=ast.USub(), operand=upper), step=None):
            length = ast.Subscript(attribute(value, "shape"), ast.Constant(number), ast.Load())
            return ast.Slice(lower, ast.BinOp(length, ast.Sub(), upper))
    return axis


def one_of_many(place: Place, scope: EditScope) -> Iterator[ast.AST]:
    """What takes one row, or one position, of all: without it, or with their sum."""
    match place.node:
        case ast.Subscript(value=ast.Attribute(attr="shape")):
            return
        case ast.Subscript(value=value, slice=index, ctx=ast.Load()) if isinstance(number_of(index), int):
            yield value
            yield call(value, "sum", 0)
        case ast.Subscript(value=value, slice=ast.Tuple(elts=indices), ctx=ast.Load()):
            for axis, index in enumerate(indices):
                if isinstance(number_of(index), int):
                    yield from _without(value, indices, axis)


def _without(value: ast.expr, indices: list[ast.expr], axis: int) -> Iterator[ast.AST]:
    rest = [*indices[:axis], *indices[axis + 1 :]]
    whole = [*indices[:axis], ast.Slice(), *indices[axis + 1 :]]
    yield ast.Subscript(value, rest[0] if len(rest) == 1 else ast.Tuple(rest, ast.Load()), ast.Load())
    yield call(ast.Subscript(value, ast.Tuple(whole, ast.Load()), ast.Load()), "sum", axis)
