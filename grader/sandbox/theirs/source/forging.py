"""Whether NumPy's class of arrays may be called with memory, in which it takes any numbers for objects if told so."""

import ast
from collections.abc import Collection, Iterable, Iterator, Sequence

from grader.sandbox.theirs.dataflow.tree import below, last_name, nodes_of
from grader.sandbox.theirs.source.vocabulary import MODULES

ARRAYS = frozenset({"NDArray", "ndarray"})
"""What it is called, and what stands for it with a type in it."""
WITHOUT_MEMORY = frozenset({"dtype", "order", "shape"})
TYPES = MODULES["typing"] | ARRAYS | {"dict", "frozenset", "list", "set", "tuple", "type"}
"""What other types may stand in, and no code of a submission is told."""


def may_forge(nodes: Sequence[ast.AST]) -> bool:
    """Whether it is called with more than a shape and a type, or handed on to where it may be.

    Args:
        nodes: of a submission, but for annotations and what something is only compared with.
    """
    named = {node.id for node in nodes if type(node) is ast.Name}
    named |= {node.attr for node in nodes if type(node) is ast.Attribute}
    named |= {node.name for node in nodes if type(node) is ast.alias}
    if named.isdisjoint(ARRAYS):
        return "getattr" in named and any(isinstance(each, ast.Constant) and each.value == "ndarray" for each in nodes)
    names = {*ARRAYS}
    while more := {*_renamed(nodes, names)} - names:
        names |= more
    run = {*nodes} - {each for node in nodes for each in _lists_of_types(node)}
    return any(_forges(node, names, run) for node in run)


def _is_class(node: ast.AST, names: Collection[str]) -> bool:
    """Whether something is the class, alone or with other types: `List[ndarray]`, `ndarray | float`."""
    if isinstance(node, (ast.Subscript, ast.BinOp)):
        return any(last_name(each) in names for each in nodes_of(node))
    return last_name(node) in names and not isinstance(getattr(node, "ctx", None), ast.Store)


def _renamed(nodes: Iterable[ast.AST], names: Collection[str]) -> Iterator[str]:
    """What it is called besides."""
    for node in nodes:
        if isinstance(node, ast.alias) and node.name in names:
            yield node.asname or node.name
        elif isinstance(node, (ast.AnnAssign, ast.Assign)) and node.value and _is_class(node.value, names):
            yield from (target.id for target in _targets(node) if isinstance(target, ast.Name))


def _targets(node: ast.AnnAssign | ast.Assign) -> Sequence[ast.expr]:
    return node.targets if isinstance(node, ast.Assign) else [node.target]


def _lists_of_types(node: ast.AST) -> list[ast.AST]:
    """Lists of types that something is compared with, or that stand in a type."""
    parts: Iterable[ast.AST] = ()
    if isinstance(node, ast.Compare):
        parts = node.comparators
    elif isinstance(node, ast.Subscript) and last_name(node.value) in TYPES:
        parts = nodes_of(node.slice)
    return [each for each in parts if isinstance(each, (ast.List, ast.Tuple))]


def _forges(node: ast.AST, names: Collection[str], run: Collection[ast.AST]) -> bool:
    """Whether a node calls it with more, or hands it on; what is not run, as an annotation, hands on nothing."""
    match node:
        case ast.Call() if _is_class(node.func, names):
            given = {keyword.arg for keyword in node.keywords}
            is_plain = len(node.args) < 3 and not any(isinstance(each, ast.Starred) for each in node.args)
            return not (is_plain and given <= WITHOUT_MEMORY)
        case ast.Assign() if all(isinstance(target, ast.Name) for target in node.targets):
            return False
        case ast.AnnAssign(target=ast.Name()):
            return node.annotation in run and _is_class(node.annotation, names)
        case ast.Compare() if not any(isinstance(each, (ast.In, ast.NotIn)) for each in node.ops):
            return False
        case ast.Subscript() if last_name(node.value) in TYPES:
            return False
        case ast.Attribute() | ast.BinOp() | ast.Expr() | ast.FormattedValue() | ast.Raise():
            return False
    return any(_is_class(each, names) for each in below(node) if each in run)
