"""The places in a stage's lines where something else could stand, and what may stand there."""

import ast
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

AXES = {"axis", "dim"}


@dataclass(frozen=True)
class EditScope:
    """The names that may stand in a stage's lines: tensors, those computed in it among them, and plain numbers.

    `typed_in` has what an author can type in for a name: a number, or the shape of a tensor.
    """

    tensors: tuple[str, ...]
    numbers: tuple[str, ...]
    typed_in: Mapping[str, int | tuple[int, ...]] = field(default_factory=dict)


@dataclass(frozen=True)
class Place:
    """A node, and where in its parent it stands."""

    node: ast.AST
    parent: ast.AST
    field: str
    index: int | None

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
        argument = isinstance(parent, ast.Call) and self.field == "args" and not isinstance(node, ast.Constant)
        base = isinstance(parent, ast.Attribute) and not is_module(node)
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
    def answer(self) -> ast.expr | None:
        """The node, where it is all that is returned."""
        return self.node if isinstance(self.parent, ast.Return) and isinstance(self.node, ast.expr) else None


def places(node: ast.AST) -> Iterator[Place]:
    """Every node below another, but for the arguments and decorators of functions."""
    for name, value in ast.iter_fields(node):
        if name in ("args", "decorator_list", "returns") and isinstance(node, ast.FunctionDef):
            continue
        for index, child in enumerate(value) if isinstance(value, list) else [(None, value)]:
            if isinstance(child, ast.AST) and not isinstance(child, (ast.expr_context, ast.operator)):
                yield Place(child, node, name, index)
                yield from places(child)


def is_axis(place: Place) -> bool:
    """Whether it is a whole number that is an argument of a call."""
    call = isinstance(place.parent, ast.Call) and place.field == "args"
    argument = call or (isinstance(place.parent, ast.keyword) and place.parent.arg in AXES)
    return argument and isinstance(number_of(place.node), int)


def is_module(node: ast.AST) -> bool:
    return isinstance(node, ast.Name) and node.id in ("torch", "F", "np", "math")


def name(name: str) -> ast.Name:
    return ast.Name(name, ast.Load())


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
