"""The places in a stage's lines where something else could stand, and what may stand there."""

import ast
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

AXES = {"axis", "dim", "axes", "dims"}
FIRST_IS_AXIS = {
    *("sum", "mean", "prod", "max", "min", "amax", "amin", "argmax", "argmin", "var", "std", "any", "all"),
    *("cumsum", "cumprod", "softmax", "log_softmax", "logsumexp", "norm", "squeeze", "unsqueeze", "expand_dims"),
    *("size", "cat", "concatenate", "concat", "stack", "flip", "sort", "argsort", "unbind", "select", "narrow"),
    *("gather", "scatter", "scatter_add", "index_add", "index_select", "index_fill", "index_copy", "repeat_interleave"),
}
"""Methods whose first argument is an axis, or several; a function of a module has it second."""
ALL_ARE_AXES = {"transpose", "permute", "swapaxes", "swapdims", "moveaxis", "movedim"}
BOUNDED = {"clamp", "clamp_", "clip", "relu", "abs", "sign", "square", "max", "min", "amax", "amin", "argmax", "argmin"}
"""Before these, a sign decides whether a number is there at all, or nothing."""
OF_THE_SHAPE = {"shape", "ndim", "dtype", "device", "size", "numel", "dim", "new_zeros", "new_ones"}
"""Attributes for which it does not matter what the elements are."""


@dataclass(frozen=True)
class EditScope:
    """The names that may stand in a stage's lines: tensors, those computed in it among them, and plain numbers.

    Values that a method's object keeps are tensors as well: `self.x`. `typed_in` has what an author can type in for a
    name: a number, or the shape of a tensor.
    """

    tensors: tuple[str, ...]
    numbers: tuple[str, ...]
    typed_in: Mapping[str, int | tuple[int, ...]] = field(default_factory=dict)
    uses: "Mapping[str, Sequence[Place]]" = field(default_factory=dict)
    """Where each name stands in the lines."""
    made: Mapping[str, ast.expr] = field(default_factory=dict)
    """What a name is given once and for all."""
    counters: tuple[str, ...] = ()
    """The names that loops count with."""

    @property
    def shares(self) -> tuple[str, ...]:
        """What may be a share of something, such as a momentum."""
        return tuple(own for own in self.tensors if own.startswith("self.") or text_of(self.made.get(own, ast.Pass())))


@dataclass(frozen=True)
class Place:
    """A node, and where in its parent it stands."""

    node: ast.AST
    parent: ast.AST
    field: str
    index: int | None
    above: "Place | None" = None
    """That of the parent."""

    def put(self, node: ast.AST) -> None:
        if self.index is None:
            setattr(self.parent, self.field, node)
        else:
            getattr(self.parent, self.field)[self.index] = node

    @property
    def value(self) -> ast.expr | None:
        """The node, where it is a value that something can be done to: a statement's, an operand, an argument."""
        node, parent = self.node, self.parent
        if not isinstance(node, ast.expr) or isinstance(getattr(node, "ctx", None), (ast.Store, ast.Del)):
            return None
        statement = isinstance(parent, (ast.Return, ast.Assign, ast.AugAssign)) and self.field == "value"
        element = isinstance(parent, ast.Tuple) and isinstance(node, (ast.BinOp, ast.Name, ast.Call, ast.UnaryOp))
        operand = isinstance(parent, (ast.BinOp, ast.UnaryOp))
        argument = is_argument(self) and not isinstance(node, ast.Constant) and not is_axis(self)
        owner = is_module(node) or text_of(node) == "self"
        base = isinstance(parent, ast.Attribute) and not owner and parent.attr not in OF_THE_SHAPE
        return node if statement or element or operand or argument or base else None

    @property
    def term(self) -> ast.expr | None:
        """The node, where another factor would not be the same a step further up."""
        product = isinstance(self.parent, ast.BinOp) and isinstance(self.parent.op, (ast.Mult, ast.Div))
        exponent = isinstance(self.parent, ast.BinOp) and isinstance(self.parent.op, ast.Pow) and self.field == "right"
        return None if product or exponent or isinstance(self.parent, ast.UnaryOp) else self.value

    @property
    def operand(self) -> ast.expr | None:
        """The node, where it is one side of an operator."""
        return self.node if isinstance(self.parent, ast.BinOp) and isinstance(self.node, ast.expr) else None

    @property
    def compared(self) -> ast.expr | None:
        """The node, where it is compared with something."""
        return (
            self.node if isinstance(self.parent, ast.Compare) and isinstance(self.node, ast.BinOp | ast.Call) else None
        )

    @property
    def answer(self) -> ast.expr | None:
        """The node, where it is all that is returned."""
        return self.node if isinstance(self.parent, ast.Return) and isinstance(self.node, ast.expr) else None


@dataclass(frozen=True)
class EditChange:
    """One edit at several places, or one that is told as something else than what it replaces."""

    puts: tuple[tuple[Place, ast.AST], ...]
    told: Place
    twins: bool = False
    """Whether it is one and the same change at all of them."""


def places(node: ast.AST, above: Place | None = None) -> Iterator[Place]:
    """Every node below another, but for the arguments and decorators of functions."""
    for name, value in ast.iter_fields(node):
        if name in ("args", "decorator_list", "returns") and isinstance(node, ast.FunctionDef):
            continue
        for index, child in enumerate(value) if isinstance(value, list) else [(None, value)]:
            if isinstance(child, ast.AST) and not isinstance(child, (ast.expr_context, ast.operator)):
                place = Place(child, node, name, index, above)
                yield place
                yield from places(child, place)


def is_argument(place: Place) -> bool:
    """Whether it is a value that a call takes; of what has a length, only the length counts."""
    parent = place.parent
    return isinstance(parent, ast.Call) and place.field == "args" and getattr(parent.func, "id", "") != "len"


def is_axis(place: Place) -> bool:
    """Whether it is a whole number that says along which axis, by what it is in its call; one of several as well."""
    if not isinstance(number_of(place.node), int):
        return False
    while place.above and isinstance(place.parent, (ast.UnaryOp, ast.Tuple, ast.List)):
        place = place.above
    match place.parent:
        case ast.keyword(arg=name):
            return name in AXES
        case ast.Subscript(value=ast.Attribute(attr="shape")):
            return place.field == "slice"
        case ast.Call(func=ast.Attribute(value=base, attr=method)) if place.field == "args":
            method, first = method.rstrip("_"), int(is_module(base))
            return place.index == first if method in FIRST_IS_AXIS else method in ALL_ARE_AXES
    return False


def is_index(place: Place) -> bool:
    """Whether it says which elements: in the brackets of another, or what a one-hot row is made of."""
    while place.above and isinstance(place.parent, (ast.Tuple, ast.Slice)):
        place = place.above
    match place.parent:
        case ast.Subscript():
            return place.field == "slice"
        case ast.Call(func=ast.Attribute(attr="one_hot")):
            return place.field == "args" and place.index == 0
    return False


def turned_back(node: ast.AST) -> ast.expr | None:
    """What is transposed, where something is."""
    match node:
        case ast.Attribute(value=value, attr="T" | "mT") | ast.Call(func=ast.Attribute(value=value, attr="t")):
            return value
        case ast.Call(func=ast.Attribute(value=value, attr="transpose" | "swapaxes")):
            return value
    return None


def is_in_range(place: Place | None) -> bool:
    """Whether it is what a `range` begins or ends with, or a part of that."""
    while place and isinstance(place.parent, (ast.BinOp, ast.Call)):
        if isinstance(place.parent, ast.Call):
            return getattr(place.parent.func, "id", "") == "range"
        place = place.above
    return False


def is_bounded(place: Place) -> bool:
    """Whether a method that decides by the sign is called on it, or on what is made of it by others."""
    while isinstance(place.parent, (ast.Attribute, ast.Call)) and place.field != "args":
        if isinstance(place.parent, ast.Attribute) and place.parent.attr in BOUNDED:
            return True
        assert place.above
        place = place.above
    return False


def is_shape(node: ast.AST) -> bool:
    return isinstance(node, ast.Attribute) and node.attr == "shape"


def is_module(node: ast.AST) -> bool:
    return isinstance(node, ast.Name) and node.id in ("torch", "F", "np", "math")


def name(name: str) -> ast.Name:
    return ast.Name(name, ast.Load())


def named(text: str) -> ast.expr:
    """A name, or a value that an object keeps: `self.x`."""
    owner, _, kept = text.partition(".")
    return attribute(name(owner), kept) if kept else name(owner)


def text_of(node: ast.AST) -> str:
    """A name, or a value that an object keeps, as `named` reads it; empty for anything else."""
    match node:
        case ast.Name(id=own):
            return own
        case ast.Attribute(value=ast.Name(id=owner), attr=kept):
            return f"{owner}.{kept}"
    return ""


def attribute(value: ast.expr, name: str) -> ast.Attribute:
    return ast.Attribute(value, name, ast.Load())


def call(value: ast.expr, method: str, *arguments: int, **flags: bool) -> ast.Call:
    keywords = [ast.keyword(name, ast.Constant(flag)) for name, flag in flags.items()]
    return ast.Call(attribute(value, method), [*map(number, arguments)], keywords)


def number(value: float) -> ast.expr:
    constant = ast.Constant(abs(value))
    return ast.UnaryOp(ast.USub(), constant) if value < 0 else constant


def number_of(node: ast.AST) -> int | float | None:
    """What a number says, also with a minus; None of anything else."""
    match node:
        case ast.Constant(value=bool()):
            return None
        case ast.Constant(value=int() | float() as told):
            return told
        case ast.UnaryOp(op=ast.USub(), operand=ast.Constant(value=int() | float() as told)):
            return -told
    return None
