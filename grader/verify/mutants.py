"""One-edit mutants of correct gradients: what a student could have written instead, one slip at a time.

Each rule looks at one node of a function and gives the source texts that could stand there by mistake.
"""

import ast
import copy
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import torch

HEADER = "import torch\nimport torch.nn.functional as F\n\n\n"
OPERATORS = ("+", "-", "*", "/", "@", "**")
NEIGHBOURS = {
    "sum": "mean",
    "mean": "sum",
    "max": "min",
    "zeros_like": "ones_like",
    "ones_like": "zeros_like",
    "softmax": "log_softmax",
}


@dataclass(frozen=True)
class Mutant:
    """One edit of one stage. `change` is the edited line as it reads now; with the stage it names the mutant."""

    stage: str
    rule: str
    change: str
    text: str


@dataclass(frozen=True)
class MutantScope:
    """What an edit may know: the function's arguments, and what each of them is in the course."""

    course: Mapping[str, Any]

    @property
    def tensors(self) -> list[str]:
        return [name for name, value in self.course.items() if isinstance(value, torch.Tensor)]

    def typed_in(self, name: str) -> str:
        """The shape of a tensor, or the value of a size, as typed in by someone who only looks at the course."""
        value = self.course[name]
        return str(tuple(value.shape)) if isinstance(value, torch.Tensor) else str(value)


Rule = Callable[[ast.AST, MutantScope], Iterable[str]]


def mutants(text: str, course: Mapping[str, Any]) -> Iterator[Mutant]:
    """Every different one-edit mutant of every function in a source.

    Args:
        text: a solution; its functions are its stages.
        course: what the functions can ask for on the course batch, by name.
    """
    for function in functions(text):
        scope = MutantScope({argument.arg: course[argument.arg] for argument in function.args.args})
        seen = {ast.unparse(function)}
        for rule, edited in _edits(function, scope):
            mutated = ast.unparse(edited)
            if mutated not in seen:
                seen.add(mutated)
                yield Mutant(function.name, rule, _change(function, edited), HEADER + mutated + "\n")


def functions(text: str) -> list[ast.FunctionDef]:
    return [node for node in ast.parse(text).body if isinstance(node, ast.FunctionDef)]


def _edits(function: ast.FunctionDef, scope: MutantScope) -> Iterator[tuple[str, ast.FunctionDef]]:
    for position, node in enumerate(ast.walk(function)):
        for name, rule in RULES.items():
            for replacement in rule(node, scope):
                yield name, _replaced(function, position, replacement)


def _replaced(function: ast.FunctionDef, position: int, replacement: str) -> ast.FunctionDef:
    edited = copy.deepcopy(function)
    target = list(ast.walk(edited))[position]
    statement = ast.parse(replacement).body[0]
    new = statement.value if isinstance(target, ast.expr) and isinstance(statement, ast.Expr) else statement
    replaced: ast.FunctionDef = _Replace(target, new).visit(edited)
    return replaced


class _Replace(ast.NodeTransformer):
    """Puts one node in the place of another."""

    def __init__(self, old: ast.AST, new: ast.AST) -> None:
        self._old, self._new = old, new

    def visit(self, node: ast.AST) -> Any:
        return self._new if node is self._old else self.generic_visit(node)


def _change(before: ast.FunctionDef, after: ast.FunctionDef) -> str:
    """The line that differs, or which line is gone."""
    for old, new in zip(before.body, after.body, strict=True):
        if ast.unparse(old) != ast.unparse(new):
            return f"without {ast.unparse(old)}" if isinstance(new, ast.Pass) else ast.unparse(new)
    raise AssertionError("nothing changed")


def _other_operator(node: ast.AST, scope: MutantScope) -> Iterator[str]:
    match node:
        case ast.BinOp(left=left, right=right):
            for operator in OPERATORS:
                yield f"({ast.unparse(left)}) {operator} ({ast.unparse(right)})"
        case ast.AugAssign(target=target, value=value):
            for operator in ("", "+", "-", "*", "/"):
                yield f"{ast.unparse(target)} {operator}= {ast.unparse(value)}"


def _swapped_operands(node: ast.AST, scope: MutantScope) -> Iterator[str]:
    match node:
        case ast.BinOp(left=left, op=ast.Sub() | ast.Div() | ast.MatMult() | ast.Pow() as op, right=right):
            yield ast.unparse(ast.BinOp(right, op, left))


def _dropped_operand(node: ast.AST, scope: MutantScope) -> Iterator[str]:
    """A term of a sum, a factor, an exponent or a divisor left out."""
    if isinstance(node, ast.BinOp):
        yield from (ast.unparse(node.left), ast.unparse(node.right))


def _wrong_sign(node: ast.AST, scope: MutantScope) -> Iterator[str]:
    match node:
        case ast.UnaryOp(op=ast.USub(), operand=operand):
            yield ast.unparse(operand)
        case ast.BinOp(left=left, op=op, right=right):
            yield ast.unparse(ast.BinOp(ast.UnaryOp(ast.USub(), left), op, right))
            yield ast.unparse(ast.BinOp(left, op, ast.UnaryOp(ast.USub(), right)))


def _other_number(node: ast.AST, scope: MutantScope) -> Iterator[str]:
    match node:
        case ast.Constant(value=bool()):
            return
        case ast.Constant(value=int() | float() as number):
            for other in (0, number + 1, number - 1, number * 2, number / 2, -number):
                yield repr(type(number)(other) if other == int(other) else other)


def _other_function(node: ast.AST, scope: MutantScope) -> Iterator[str]:
    match node:
        case ast.Attribute(value=value, attr=name) if name in NEIGHBOURS:
            yield f"({ast.unparse(value)}).{NEIGHBOURS[name]}"


def _sum_forgotten(node: ast.AST, scope: MutantScope) -> Iterator[str]:
    """Not summed at all, or over everything."""
    match node:
        case ast.Call(func=ast.Attribute(value=value, attr="sum")):
            yield ast.unparse(value)
            yield f"({ast.unparse(value)}).sum()"


def _keepdims(node: ast.AST, scope: MutantScope) -> Iterator[str]:
    match node:
        case ast.Call(func=ast.Attribute(attr="sum") as func, args=[axis], keywords=keywords):
            keep = "" if keywords else ", keepdims=True"
            yield f"{ast.unparse(func)}({ast.unparse(axis)}{keep})"


def _without_accumulation(node: ast.AST, scope: MutantScope) -> Iterator[str]:
    match node:
        case ast.Call(func=func, args=args, keywords=[ast.keyword(arg="accumulate")]):
            yield f"{ast.unparse(func)}({', '.join(map(ast.unparse, args))}, accumulate=False)"


def _transposed(node: ast.AST, scope: MutantScope) -> Iterator[str]:
    match node:
        case ast.Attribute(value=value, attr="T"):
            yield ast.unparse(value)
        case ast.BinOp(left=left, op=op, right=right):
            yield ast.unparse(ast.BinOp(ast.Attribute(left, "T"), op, right))
            yield ast.unparse(ast.BinOp(left, op, ast.Attribute(right, "T")))


def _wrong_tensor(node: ast.AST, scope: MutantScope) -> Iterator[str]:
    if isinstance(node, ast.Name) and node.id in scope.tensors:
        yield from scope.tensors


def _every_row(node: ast.AST, scope: MutantScope) -> Iterator[str]:
    """`x[:, index]` for `x[torch.arange(n), index]`."""
    match node:
        case ast.Subscript(value=value, slice=ast.Tuple(elts=[ast.Call(), index])):
            yield f"{ast.unparse(value)}[:, {ast.unparse(index)}]"


def _typed_in_size(node: ast.AST, scope: MutantScope) -> Iterator[str]:
    match node:
        case ast.Name(id=name) if name in scope.course and name not in scope.tensors:
            yield scope.typed_in(name)
        case ast.Attribute(value=ast.Name(id=name), attr="shape") if name in scope.course:
            yield scope.typed_in(name)
        case ast.Subscript(
            value=ast.Attribute(value=ast.Name(id=name), attr="shape"), slice=ast.Constant(value=int(axis))
        ) if name in scope.tensors and axis < scope.course[name].ndim:
            yield str(scope.course[name].shape[axis])
        case ast.Call(func=ast.Attribute(attr="zeros_like" | "ones_like" as kind), args=[ast.Name(id=name)]) if (
            name in scope.course
        ):
            yield f"torch.{kind.removesuffix('_like')}({scope.typed_in(name)})"


def _other_answer(node: ast.AST, scope: MutantScope) -> Iterator[str]:
    """The last line gives something else: zeros, an argument as it came, the negative, a multiple, its mean."""
    match node:
        case ast.Return(value=ast.expr() as value):
            answer = ast.unparse(value)
            yield f"return torch.zeros_like({answer})"
            yield from (f"return {name}" for name in scope.tensors)
            yield f"return -({answer})"
            yield from (f"return {factor} * ({answer})" for factor in (2, 0.5, 1.0005))
            yield from (f"return ({answer}) {operator} ({answer}).numel()" for operator in "*/")
            yield from (f"return ({answer}).{other}" for other in ("mean()", "abs()"))


def _more_axes(node: ast.AST, scope: MutantScope) -> Iterator[str]:
    match node:
        case ast.Return(value=ast.expr() as value):
            yield f"return ({ast.unparse(value)})[None]"
            yield f"return ({ast.unparse(value)})[..., None]"


def _line_left_out(node: ast.AST, scope: MutantScope) -> Iterator[str]:
    match node:
        case ast.AugAssign() | ast.Expr() | ast.Assign(targets=[ast.Subscript()]):
            yield "pass"


RULES: dict[str, Rule] = {
    "other operator": _other_operator,
    "swapped operands": _swapped_operands,
    "dropped operand": _dropped_operand,
    "wrong sign": _wrong_sign,
    "other number": _other_number,
    "other function": _other_function,
    "sum forgotten": _sum_forgotten,
    "keepdims": _keepdims,
    "without accumulation": _without_accumulation,
    "transposed": _transposed,
    "wrong tensor": _wrong_tensor,
    "every row": _every_row,
    "typed-in size": _typed_in_size,
    "other answer": _other_answer,
    "more axes": _more_axes,
    "line left out": _line_left_out,
}
