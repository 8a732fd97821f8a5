"""Which names share their numbers, and which of them a statement changes in place.

A row that a loop gives, `d[0]`, `d.view(-1)` and `d.T` are all `d`: a change of one is a change of the other.
"""

import ast
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache

from grader.sandbox.theirs.dataflow.flow import FUNCTIONS, own_nodes
from grader.sandbox.theirs.dataflow.tree import nodes_of

VIEWS = frozenset(
    "T mT H mH data real imag contiguous detach diagonal expand expand_as flatten float items list movedim moveaxis "
    "narrow numpy permute ravel reshape reshape_as select split squeeze swapaxes swapdims t tensor_split transpose "
    "chunk unbind unflatten unfold unsqueeze values view view_as requires_grad_".split()
)
"""Attributes and methods whose result may share memory with what they belong to, and functions of torch that do."""
PASSED_ON = frozenset("dict enumerate iter list reversed tuple zip sorted".split())
"""Builtins that give the very things they are given."""
OF_LISTS = frozenset("add append clear extend insert pop remove reverse setdefault sort update".split())
FIRST_CHANGED = frozenset("at copyto fill_diagonal place put putmask".split())
"""Functions of libraries that change their first argument, besides those that end in `_`."""
LIBRARIES = frozenset({"torch", "np", "numpy", "F"})
"""What libraries are called, where nothing says otherwise."""
NO_CHANGE = frozenset("requires_grad requires_grad_ retain_grad grad detach_".split())
"""What is set or called on a tensor and leaves its numbers alone."""

OWNER = "self"
"""What methods call the object they belong to."""

Mutators = Mapping[str, frozenset[int]]
"""The places of the arguments that functions of the submission change, by name of the function; a method has a dot
before its name, and changes its object at place 0."""
Function = ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda


class MutatorsOf(Mapping[str, frozenset[int]]):
    """The same of the functions that some statements define, worked out where it is asked for: of several by one name,
    of all of them together. Of what is nested too deeply nothing is known."""

    def __init__(self, body: Iterable[ast.stmt]) -> None:
        self._functions: dict[str, list[Function]] = {}
        for node in body:
            for name, function in _functions_in(node):
                self._functions.setdefault(name, []).append(function)

    def __getitem__(self, name: str) -> frozenset[int]:
        functions = self._functions[name]
        try:
            return frozenset().union(*map(mutated, functions))
        except RecursionError:
            raise KeyError(name) from None

    def __iter__(self) -> Iterator[str]:
        return iter(self._functions)

    def __len__(self) -> int:
        return len(self._functions)


def _functions_in(statement: ast.stmt) -> Iterator[tuple[str, Function]]:
    """The functions that are defined in a statement: by their names, or that of a variable; and the methods of
    classes."""
    for node in nodes_of(statement):
        if isinstance(node, ast.FunctionDef):
            yield node.name, node
        elif isinstance(node, ast.Assign) and isinstance(node.value, ast.Lambda):
            yield from ((target.id, node.value) for target in node.targets if isinstance(target, ast.Name))
        elif isinstance(node, ast.ClassDef):
            yield from ((f".{each.name}", each) for each in node.body if isinstance(each, FUNCTIONS))


@dataclass
class Sharing:
    """What a statement does: names that are changed in place, and for names that it binds, whose numbers they have."""

    changed: set[str] = field(default_factory=set)
    of: dict[str, set[str]] = field(default_factory=dict)

    def all_changed(self) -> set[str]:
        """What is changed directly, or through a name that shares its numbers."""
        changed, queue = set(self.changed), list(self.changed)
        while queue:
            for base in self.of.get(queue.pop(), ()):
                if base not in changed:
                    changed.add(base)
                    queue.append(base)
        return changed


def sharing(statement: ast.stmt, mutators: Mutators, modules: frozenset[str]) -> Sharing:
    """What a statement changes in place, not counting the functions that it only defines.

    Args:
        statement: any.
        mutators: what functions of the submission change.
        modules: the names of imported modules.
    """
    found = Sharing()
    for node in own_nodes([statement]):
        found.changed.update(name for each in _changed(node, mutators, modules) for name in each)
        for target, value in _pairs(node):
            for name, bases in _shared(target, value):
                found.of.setdefault(name, set()).update(bases - {name})
    return found


@cache
def bases(value: ast.AST) -> frozenset[str]:
    """The names with which the value of an expression may share its numbers."""
    if isinstance(value, ast.Name):
        return frozenset({value.id})
    if isinstance(value, (ast.Subscript, ast.Starred, ast.NamedExpr)):
        return bases(value.value)
    if isinstance(value, ast.Attribute):
        return bases(value.value) if value.attr in VIEWS or _is_owner(value.value) else frozenset()
    if isinstance(value, (ast.Tuple, ast.List)):
        return _of_all(value.elts)
    if isinstance(value, ast.Dict):
        return _of_all(value.values)
    if isinstance(value, ast.IfExp):
        return bases(value.body) | bases(value.orelse)
    if isinstance(value, (ast.ListComp, ast.GeneratorExp)):
        return _of_all([value.elt, *(each.iter for each in value.generators)])
    if isinstance(value, ast.DictComp):
        return _of_all([value.value, *(each.iter for each in value.generators)])
    if isinstance(value, ast.Call):
        return _of_call(value)
    return frozenset()


def base(node: ast.AST) -> str:
    """The name at the bottom of `name.view(-1)[0]`."""
    while not isinstance(node, ast.Name):
        inner = getattr(node, "value", None) or getattr(node, "func", None)
        if not isinstance(inner, ast.AST):
            return ""
        node = inner
    return node.id


@cache
def mutated(function: Function) -> frozenset[int]:
    """The places of the arguments that a function of the submission changes in place."""
    arguments = [argument.arg for argument in (*function.args.posonlyargs, *function.args.args)]
    found = Sharing()
    for statement in [ast.Expr(function.body)] if isinstance(function, ast.Lambda) else function.body:
        inside = sharing(statement, {}, LIBRARIES)
        found.changed |= inside.changed
        for name, others in inside.of.items():
            found.of.setdefault(name, set()).update(others)
    changed = found.all_changed()
    return frozenset(place for place, name in enumerate(arguments) if name in changed)


def _of_all(values: Iterable[ast.AST]) -> frozenset[str]:
    return frozenset().union(*(bases(each) for each in values))


def _of_call(call: ast.Call) -> frozenset[str]:
    function = call.func
    if isinstance(function, ast.Name):
        keeps = function.id in PASSED_ON or function.id[:1].isupper()  # a class keeps what its objects are made of
        return _of_all([*call.args, *(keyword.value for keyword in call.keywords)]) if keeps else frozenset()
    if isinstance(function, ast.Attribute) and (function.attr in VIEWS or function.attr.endswith("_")):
        own, owner = bases(function.value), function.value
        takes = isinstance(owner, ast.Name) and (function.attr in VIEWS or owner.id in LIBRARIES)
        return own | (_of_all(call.args[:1]) if takes else frozenset())
    return frozenset()


def _changed(node: ast.AST, mutators: Mutators, modules: frozenset[str]) -> Iterator[frozenset[str]]:
    """The names whose numbers one node changes."""
    if isinstance(node, ast.AugAssign):
        yield _of_target(node.target)
    elif isinstance(node, (ast.Assign, ast.Delete)):
        for target in node.targets:
            yield from (_of_target(part) for part in _parts(target) if not isinstance(part, ast.Name))
    elif isinstance(node, (ast.For, ast.AnnAssign)):
        yield from (_of_target(part) for part in _parts(node.target) if not isinstance(part, ast.Name))
    elif isinstance(node, ast.Call):
        yield from _changed_by_call(node, mutators, modules)


def _changed_by_call(call: ast.Call, mutators: Mutators, modules: frozenset[str]) -> Iterator[frozenset[str]]:
    function = call.func
    yield from (bases(keyword.value) for keyword in call.keywords if keyword.arg == "out")
    if isinstance(function, ast.Name):
        places = mutators.get(function.id, frozenset())
        yield from (bases(argument) for place, argument in enumerate(call.args) if place in places)
        if function.id.endswith("_") and not function.id.startswith("_"):
            yield _of_all(call.args[:1])
    elif isinstance(function, ast.Attribute) and function.attr not in NO_CHANGE:
        name = function.attr
        in_place = name.endswith("_") and not name.endswith("__")
        if base(function.value) in modules:
            if in_place or name in FIRST_CHANGED:
                yield _of_all(call.args[:1])
        else:
            places = mutators.get(f".{name}", frozenset())
            if in_place or name in OF_LISTS or 0 in places:
                yield _of_target(function.value)
            yield from (bases(argument) for place, argument in enumerate(call.args, 1) if place in places)


def _of_target(target: ast.AST) -> frozenset[str]:
    if isinstance(target, ast.Attribute) and target.attr in NO_CHANGE and not _is_owner(target.value):
        return frozenset()
    return bases(target) or frozenset({base(target)} - {""})


def _is_owner(node: ast.AST) -> bool:
    return isinstance(node, ast.Name) and node.id == OWNER


def _parts(target: ast.AST) -> Iterator[ast.AST]:
    if isinstance(target, (ast.Tuple, ast.List)):
        for each in target.elts:
            yield from _parts(each)
    elif isinstance(target, ast.Starred):
        yield from _parts(target.value)
    else:
        yield target


def _pairs(node: ast.AST) -> Iterator[tuple[ast.AST, ast.AST]]:
    """What is bound to what in one node; of a loop, to what it goes through."""
    if isinstance(node, ast.Assign):
        yield from ((target, node.value) for target in node.targets)
        yield from ((one, other) for one in node.targets for other in node.targets if one is not other)
    elif isinstance(node, (ast.For, ast.AsyncFor, ast.comprehension)):
        yield node.target, node.iter
    elif isinstance(node, (ast.AnnAssign, ast.NamedExpr)) and node.value:
        yield node.target, node.value
    elif isinstance(node, (ast.With, ast.AsyncWith)):
        yield from ((item.optional_vars, item.context_expr) for item in node.items if item.optional_vars)


def _shared(target: ast.AST, value: ast.AST) -> Iterator[tuple[str, frozenset[str]]]:
    """The names in a target, each with those it may share its numbers with."""
    if isinstance(target, ast.Name):
        yield target.id, bases(value)
        return
    if isinstance(target, ast.Starred):
        yield from _shared(target.value, value)
        return
    if not isinstance(target, (ast.Tuple, ast.List)):
        return
    function = value.func.id if isinstance(value, ast.Call) and isinstance(value.func, ast.Name) else ""
    if isinstance(value, ast.Call) and function == "zip" and len(value.args) == len(target.elts):
        values: list[ast.AST] = list(value.args)
    elif isinstance(value, ast.Call) and function == "enumerate" and len(target.elts) == 2 and value.args:
        values = [ast.Constant(0), value.args[0]]
    elif isinstance(value, (ast.Tuple, ast.List)) and len(value.elts) == len(target.elts):
        values = list(value.elts)
    else:
        values = [value] * len(target.elts)
    for part, each in zip(target.elts, values, strict=True):
        yield from _shared(part, each)
