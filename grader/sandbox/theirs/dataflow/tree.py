"""Walks through a syntax tree that nobody changes, without contexts: every name has one, and nobody asks for it."""

import ast
from functools import cache
from typing import TypeVar

Kind = TypeVar("Kind", bound=ast.AST)


@cache
def below(node: ast.AST) -> tuple[ast.AST, ...]:
    """The nodes right below one."""
    found: list[ast.AST] = []
    for name in node._fields:
        if name != "ctx":
            value = getattr(node, name, None)
            if isinstance(value, list):
                found += [each for each in value if isinstance(each, ast.AST)]
            elif isinstance(value, ast.AST):
                found.append(value)
    return tuple(found)


def walk(node: ast.AST) -> list[ast.AST]:
    """The node and all below it, breadth first, as `ast.walk` gives them in many times the time."""
    found = [node]
    for each in found:
        found += below(each)
    return found


def last_name(node: ast.AST) -> str:
    """The last name of `module.name`, or the name."""
    return str(getattr(node, "attr", getattr(node, "id", "")))


def has_grad(node: ast.AST) -> bool:
    """Whether the `.grad` of something is in it."""
    return any(isinstance(each, ast.Attribute) and each.attr == "grad" for each in walk(node))


@cache
def nodes_of(node: ast.AST) -> tuple[ast.AST, ...]:
    """The same of a node that many ask for."""
    return tuple(walk(node))


@cache
def _by_kind(node: ast.AST) -> dict[type[ast.AST], list[ast.AST]]:
    found: dict[type[ast.AST], list[ast.AST]] = {}
    for each in nodes_of(node):
        found.setdefault(type(each), []).append(each)
    return found


def of_kind(node: ast.AST, *kinds: type[Kind]) -> list[Kind]:
    """Those of some kinds among the node and all below it, one kind after the other."""
    found = _by_kind(node)
    return [each for kind in kinds for each in found.get(kind, ())]  # type: ignore[misc]


@cache
def kinds_in(node: ast.AST) -> frozenset[type[ast.AST]]:
    """The kinds of node that there are in it: most walks are for one that is not."""
    return frozenset(_by_kind(node))
