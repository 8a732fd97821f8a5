"""In the student's process: what the definitions of a source show without being run."""

import ast
import copy
import inspect
import re
import types
from collections.abc import Collection, Sequence, Set
from inspect import Parameter
from typing import Any

from grader.sandbox.theirs.dataflow.tree import nodes_of
from grader.sandbox.theirs.source.outline import Outline

DEFINITIONS = (ast.FunctionDef, ast.ClassDef)
BINDING = re.compile(
    r"^[ \t]{0,40}(?:def[ \t]+(\w+)|(\w+)[ \t]*(?:\[[^\n=]{0,80}\][ \t]*)?[-+*/]?=(?!=))", re.MULTILINE
)


def functions_of(outline: Outline, name: str) -> list[ast.FunctionDef]:
    """The functions of that name, or the methods of the class, the last one only."""
    nodes = [s.node for s in outline.runs if isinstance(s.node, DEFINITIONS) and s.node.name == name]
    return [node for node in nodes[-1:] if isinstance(node, ast.FunctionDef)] + methods_of(nodes)


def methods_of(nodes: Sequence[ast.FunctionDef | ast.ClassDef]) -> list[ast.FunctionDef]:
    """Of the last of some definitions, if it is a class."""
    body = nodes[-1].body if nodes and isinstance(nodes[-1], ast.ClassDef) else []
    return [node for node in body if isinstance(node, ast.FunctionDef)]


def kept_in(node: ast.FunctionDef | ast.ClassDef) -> list[str]:
    """What the methods of a class keep, or read, of their object, as `self.x`; methods of its own are no values."""
    own = {method.name for method in methods_of([node])}
    kept = {
        each.attr
        for each in ast.walk(node)
        if isinstance(each, ast.Attribute) and isinstance(each.value, ast.Name) and each.value.id == "self"
    }
    return [f"self.{name}" for name in sorted(kept - own)]


def names_read_in(function: ast.FunctionDef | ast.ClassDef) -> set[str]:
    """The names that are read anywhere in a function."""
    nodes = (node for statement in function.body for node in nodes_of(statement))
    return {node.id for node in nodes if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load)}


def names_bound_in(text: str) -> tuple[str, ...]:
    """The names that text which is not Python would have bound, as far as its lines show."""
    return tuple(dict.fromkeys(match[1] or match[2] for match in BINDING.finditer(text)))


def names_bound_at_top(text: str) -> tuple[str, ...]:
    """Of these names, those of lines that begin at the left edge; of a function that lost its indentation, its own."""
    lines = [line for line in text.split("\n") if not line.startswith((" ", "\t"))]
    names = names_bound_in("\n".join(lines))
    first = next((line for line in lines if not line.startswith("@")), "")
    return names[:1] if first.startswith("def") else names


def taking(node: ast.FunctionDef, names: Set[str]) -> ast.FunctionDef:
    """A copy of a function that takes these names as well, and is not decorated."""
    taking = copy.deepcopy(node)
    taking.decorator_list = []
    arguments = taking.args
    arguments.posonlyargs, arguments.args = [], [*arguments.posonlyargs, *arguments.args]
    more = sorted(names - arguments_of(taking)) if arguments.kwarg is None else []
    arguments.kwonlyargs += [ast.arg(name) for name in more]
    arguments.kw_defaults += [ast.Constant(None) for _ in more]
    return ast.fix_missing_locations(taking)


def arguments_of(node: ast.FunctionDef) -> set[str]:
    """The names of its arguments, but for those that take whatever there is."""
    return {each.arg for each in (*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs)}


def asked_for(function: Any) -> tuple[tuple[str, ...], tuple[str, ...], bool]:
    """Parameter names, those without a default, and whether it takes any keyword."""
    if type(function) is types.FunctionType and not function.__dict__:  # as its signature says, in a tenth of the time
        code, by_place = function.__code__, function.__code__.co_argcount
        names = code.co_varnames[: by_place + code.co_kwonlyargcount]
        optional = {*names[by_place - len(function.__defaults__ or ()) : by_place], *(function.__kwdefaults__ or ())}
        takes_all = bool(code.co_flags & inspect.CO_VARKEYWORDS)
        return names, tuple(name for name in names if name not in optional), takes_all
    try:
        parameters = inspect.signature(function).parameters.values()
    except BaseException:
        return (), (), False
    named = [p for p in parameters if p.kind not in (p.VAR_POSITIONAL, p.VAR_KEYWORD)]
    required = tuple(p.name for p in named if p.default is p.empty)
    return tuple(p.name for p in named), required, any(p.kind is p.VAR_KEYWORD for p in parameters)


def as_written(function: Any, node: ast.FunctionDef, offered: Collection[str]) -> Any:
    """A decorated function that takes whatever there is, as one that asks for what its definition asks for.

    A decorator without `functools.wraps` hides that. What is not offered, the decorator may give.
    """
    kinds = _kinds_of(function)
    if not kinds or kinds - {Parameter.VAR_POSITIONAL, Parameter.VAR_KEYWORD}:
        return function
    signature = _signature_of(node)
    named = [each for each in signature.parameters.values() if each.kind is not each.VAR_KEYWORD]
    if any(each.default is each.empty and each.name not in offered for each in named):
        return function
    by_place = Parameter.VAR_KEYWORD not in kinds or bool(node.args.posonlyargs)

    def stage(**given: Any) -> Any:
        places = [given.pop(each.name) for each in named if by_place and each.name in given]
        return function(*places, **given)

    stage.__signature__ = signature  # type: ignore[attr-defined]
    return stage


def _kinds_of(function: Any) -> set[Any]:
    try:
        return {parameter.kind for parameter in inspect.signature(function).parameters.values()}
    except BaseException:
        return set()


def _signature_of(node: ast.FunctionDef) -> inspect.Signature:
    """What a definition asks for; a default is there, whatever it is."""
    arguments = node.args
    positional = [*arguments.posonlyargs, *arguments.args]
    required = len(positional) - len(arguments.defaults)
    found = [
        Parameter(each.arg, Parameter.POSITIONAL_OR_KEYWORD, default=Parameter.empty if place < required else None)
        for place, each in enumerate(positional)
    ]
    for each, default in zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True):
        found.append(Parameter(each.arg, Parameter.KEYWORD_ONLY, default=None if default else Parameter.empty))
    if arguments.kwarg:
        found.append(Parameter(arguments.kwarg.arg, Parameter.VAR_KEYWORD))
    return inspect.Signature(found)


def first_line_of(node: ast.FunctionDef | ast.ClassDef) -> int:
    return min([node.lineno, *(decorator.lineno for decorator in node.decorator_list)])
