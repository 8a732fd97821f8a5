"""Which binding a name in a source means: the scopes of Python, with what each binds its names to."""

import ast
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from typing import Literal

from grader.sandbox.theirs.dataflow.flow import FUNCTIONS
from grader.sandbox.theirs.dataflow.tree import below, kinds_in, nodes_of, of_kind

Kind = Literal["module", "function", "class", "comprehension"]
OF_METHODS = frozenset(
    "abstractmethod cache cached_property inference_mode lru_cache no_grad override property".split()
)
"""Decorators of methods that leave the object where it is."""
HOMES = frozenset("abc dataclasses functools torch typing typing_extensions".split())
"""The modules that decorators are taken from."""
COMPREHENSIONS = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)
SCOPES = frozenset({*FUNCTIONS, ast.Lambda, ast.ClassDef, *COMPREHENSIONS})
"""What has names of its own."""
WITH_VALUES = (ast.Assign, ast.AnnAssign, ast.For)
Binding = ast.AST | str
"""What binds a name: a node, or the full name of what is imported."""


@dataclass
class Names:
    """One scope, and what binds its names."""

    kind: Kind
    bound: dict[str, list[Binding]] = field(default_factory=dict)
    of_module: frozenset[str] = frozenset()
    """Names that it says are global."""
    own_object: str = ""
    """In a method, what the object is called that it is called on, if nothing else may be called so."""

    def bind(self, name: str, binding: Binding) -> None:
        self.bound.setdefault(name, []).append(binding)


def module_scope(statements: Iterable[ast.stmt]) -> Names:
    """The scope of a file, with what its functions and classes bind of it."""
    scope = Names("module")
    for statement in statements:
        _collect(scope, statement)
        for name, binding in _bound_from_inside(statement, ast.Global):
            scope.bind(name, binding)
    return scope


def _bound_from_inside(node: ast.AST, kind: type[ast.Global | ast.Nonlocal]) -> Iterator[tuple[str, Binding]]:
    """What functions and classes in a node bind that they say is another scope's."""
    for definition in nodes_of(node) if kind in kinds_in(node) else ():
        if isinstance(definition, (*FUNCTIONS, ast.ClassDef)) and (names := _declared(definition, kind)):
            inside = Names("function")
            for each in definition.body:
                _collect(inside, each)
            yield from ((name, binding) for name in names & inside.bound.keys() for binding in inside.bound[name])


def method_scope(node: ast.FunctionDef | ast.AsyncFunctionDef) -> Names:
    """The scope of the body of a method."""
    scope = function_scope(node)
    return replace(scope, own_object=own_object(node)) if isinstance(node, ast.FunctionDef) else scope


@cache
def function_scope(node: ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda) -> Names:
    """The scope of the body of a function."""
    scope = Names("function")
    for each in [node.body] if isinstance(node, ast.Lambda) else node.body:
        _collect(scope, each)
    for argument in arguments_of(node.args):
        scope.bind(argument.arg, argument)
    for inner in nodes_of(node) if ast.Nonlocal in kinds_in(node) else ():
        for name in inner.names if isinstance(inner, ast.Nonlocal) else ():
            if name in scope.bound:
                scope.bind(name, inner)
    for name, binding in _bound_from_inside(node, ast.Nonlocal):
        if name in scope.bound:
            scope.bind(name, binding)
    scope.of_module = _declared(node, ast.Global)
    for name in scope.of_module | _declared(node, ast.Nonlocal):
        scope.bound.pop(name, None)
    return scope


def _declared(node: ast.AST, kind: type[ast.Global | ast.Nonlocal]) -> frozenset[str]:
    """The names that a function itself says are another scope's."""
    body = getattr(node, "body", ()) if kind in kinds_in(node) else ()
    found = (each for statement in (body if isinstance(body, list) else ()) for each in _within(statement))
    return frozenset(name for each in found if isinstance(each, kind) for name in each.names)


def class_scope(node: ast.ClassDef) -> Names:
    """The scope of the body of a class."""
    scope = Names("class")
    for each in node.body:
        _collect(scope, each)
    scope.of_module = _declared(node, ast.Global)
    for name in scope.of_module | _declared(node, ast.Nonlocal):
        scope.bound.pop(name, None)
    return scope


def comprehension_scope(node: ast.ListComp | ast.SetComp | ast.DictComp | ast.GeneratorExp) -> Names:
    """The scope of a comprehension: what it goes through."""
    scope = Names("comprehension")
    for each in node.generators:
        for name in nodes_of(each.target):
            if isinstance(name, ast.Name) and isinstance(name.ctx, ast.Store):
                scope.bind(name.id, each if name is each.target else name)
    return scope


def arguments_of(arguments: ast.arguments) -> list[ast.arg]:
    """All arguments that a function has."""
    stars = [star for star in (arguments.vararg, arguments.kwarg) if star]
    return [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs, *stars]


@cache
def _within(node: ast.AST) -> tuple[ast.AST, ...]:
    """A node and all below it in the same scope; of functions and classes inside, not their bodies."""
    if SCOPES.isdisjoint(kinds_in(node)):
        return nodes_of(node)
    found = [node]
    for each in found:
        if isinstance(each, ast.comprehension):  # what it goes through is its own, what a walrus in it binds is not
            found += [each.iter, *each.ifs]
        elif isinstance(each, (*FUNCTIONS, ast.Lambda, ast.ClassDef)):  # defaults, decorators, bases are of here
            own = each.body if isinstance(each.body, list) else [each.body]
            found += [part for part in below(each) if part not in own]
        else:
            found += below(each)
    return tuple(found)


def _collect(scope: Names, statement: ast.AST) -> None:
    """Note what a statement binds in its own scope."""
    for node in _within(statement):
        match node:
            case ast.Name(ctx=ast.Store() | ast.Del()):
                scope.bind(node.id, node)
            case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
                scope.bind(node.name, node)
            case ast.Import():
                for alias in node.names:
                    top = alias.name.partition(".")[0]
                    scope.bind(alias.asname or top, alias.name if alias.asname else top)
            case ast.ImportFrom():
                for alias in node.names:
                    scope.bind(alias.asname or alias.name, f"{'.' * node.level}{node.module or ''}.{alias.name}")
            case ast.ExceptHandler(name=str(name)) | ast.MatchAs(name=str(name)) | ast.MatchStar(name=str(name)):
                scope.bind(name, node)
            case ast.MatchMapping(rest=str(name)):
                scope.bind(name, node)
    _values_of(scope, statement)


def _values_of(scope: Names, statement: ast.AST) -> None:
    """Of a name that a plain assignment binds, the value says more than the name."""
    for node in () if kinds_in(statement).isdisjoint(WITH_VALUES) else _within(statement):
        if isinstance(node, (ast.Assign, ast.AnnAssign)) and node.value is not None:
            for target in node.targets if isinstance(node, ast.Assign) else [node.target]:
                if isinstance(target, ast.Name):
                    bindings = scope.bound[target.id]
                    bindings[bindings.index(target)] = node.value
        elif isinstance(node, ast.For) and isinstance(node.target, ast.Name):
            bindings = scope.bound[node.target.id]
            bindings[bindings.index(node.target)] = node


def free_names(node: ast.AST, bound: frozenset[str] = frozenset()) -> Iterator[str]:
    """The names that a node may read from outside, and some more.

    Args:
        node: anything.
        bound: what is bound in the functions that it is in.
    """
    if SCOPES.isdisjoint(kinds_in(node)):
        read = {each.id for each in of_kind(node, ast.Name) if isinstance(each.ctx, ast.Load)}
        yield from read - bound
        return
    scope, body = Names("class"), list[ast.AST]()
    match node:
        case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.Lambda():
            scope, body = function_scope(node), [*node.body] if isinstance(node.body, list) else [node.body]
        case ast.ListComp() | ast.SetComp() | ast.DictComp() | ast.GeneratorExp():
            first = node.generators[0]
            scope, body = comprehension_scope(node), [each for each in below(node) if each is not first]
            body += [first.target, *first.ifs]
        case ast.ClassDef():  # what it has not bound yet is looked for at the top of the file
            scope, body = Names("class", of_module=frozenset(class_scope(node).bound)), [*node.body]
    inside = (bound | scope.bound.keys()) - scope.of_module
    for each in body:
        yield from free_names(each, inside)
    for each in below(node):
        if each not in body:
            yield from free_names(each.iter if body and isinstance(each, ast.comprehension) else each, bound)


def own_object(node: ast.FunctionDef) -> str:
    """The first argument of a method, unless it may be something else there."""
    positional = [*node.args.posonlyargs, *node.args.args]
    if not positional or not all(_hands_on(each) for each in node.decorator_list):
        return ""
    name = positional[0].arg
    binders = [each for each in nodes_of(node) if name in bound_by(each)]
    return name if binders == [positional[0]] else ""


def _hands_on(decorator: ast.expr) -> bool:
    """Whether a decorator calls the method with its own object, as far as it calls it."""
    return name_of_decorator(decorator) in OF_METHODS


def name_of_decorator(decorator: ast.expr) -> str:
    """What a decorator is called, by itself or in a module of `HOMES`; of any other object's attributes, nothing."""
    match decorator.func if isinstance(decorator, ast.Call) else decorator:
        case ast.Name(id=name):
            return name
        case ast.Attribute(value=ast.Name(id=home), attr=name) if home in HOMES:
            return name
    return ""


def bound_by(node: ast.AST) -> Sequence[str]:
    """The names that a node by itself binds, or says are another scope's."""
    match node:
        case ast.Name(ctx=ast.Store() | ast.Del()):
            return [node.id]
        case ast.arg():
            return [node.arg]
        case ast.alias():
            return [node.asname or node.name.partition(".")[0]]
        case ast.Global() | ast.Nonlocal():
            return node.names
        case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef() | ast.ExceptHandler():
            return [node.name or ""]
        case ast.MatchAs() | ast.MatchStar():
            return [node.name or ""]
        case ast.MatchMapping():
            return [node.rest or ""]
    return []
