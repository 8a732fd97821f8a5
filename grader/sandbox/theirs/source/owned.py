"""What a submission has of its own: names of attributes, and classes that stay where they are."""

import ast
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from grader.sandbox.theirs.dataflow.flow import FUNCTIONS
from grader.sandbox.theirs.dataflow.tree import below, last_name, nodes_of, walk
from grader.sandbox.theirs.source.forging import may_forge
from grader.sandbox.theirs.source.scopes import (
    HOMES,
    OF_METHODS,
    bound_by,
    class_scope,
    name_of_decorator,
    own_object,
)
from grader.sandbox.theirs.source.vocabulary import ARITHMETIC, MODULES

OF_CLASSES = frozenset({"dataclass", "final", "total_ordering"})
"""Decorators that hand on the class that they are given."""
LIBRARY_CLASSES = frozenset(
    "BoolTensor ByteTensor ChainMap Counter DoubleTensor Enum FloatTensor Fraction Generator HalfTensor IntTensor "
    "Logger LongTensor OrderedDict Path Random ShortTensor Size Tensor cached_property catch_warnings device dtype "
    "errstate finfo generic iinfo inference_mode matrix nditer no_grad ndarray poly1d vectorize".split()
)
"""Classes of libraries that are on the list, and could be set something by who has them as a value."""
WITH_TYPES = (*FUNCTIONS, ast.AnnAssign, ast.Call, ast.ClassDef, ast.ExceptHandler, ast.MatchClass, ast.arg)
"""Nodes that may have classes in them that are only compared with, or annotations."""
TRUSTED = OF_CLASSES | {"classmethod", "isinstance", "issubclass", "staticmethod", "super"}
"""What is taken to be what Python calls so."""


@dataclass(frozen=True)
class Own:
    """What all files of a submission have of their own."""

    attributes: frozenset[str]
    classes: frozenset[str]
    contained: bool
    """No class is used as a value: what a method is called on is then surely an object of its class."""
    sets_own: bool
    """What a method sets is at least no attribute of a class of a library."""
    forges: bool = False
    """Numbers may be taken for objects."""


def own_of(statements: Iterable[ast.stmt]) -> Own:
    """What is defined in all statements of a submission."""
    statements = list(statements)
    annotated = any(_takes_fields(node) for statement in statements for node in nodes_of(statement))
    nodes = [node for statement in statements for node in code_of(statement, annotated=annotated)]
    attributes = frozenset(name for node in nodes for name in _attributes_of(node))
    forges = may_forge(nodes)
    definitions = [node for node in nodes if isinstance(node, ast.ClassDef)]
    if not definitions:
        return Own(attributes, frozenset(), contained=True, sets_own=True, forges=forges)
    named = frozenset(node.name for node in definitions)
    decorated = {node.name for node in definitions if not all(map(_hands_on_class, node.decorator_list))}
    methods = frozenset(each.name for node in definitions for each in nodes_of(node) if isinstance(each, FUNCTIONS))
    others = {name for node in nodes for name in _other_names(node)}
    may_be_handed_on = named | {"cls", "classmethod"}
    of_base = {each for node in definitions for each in _calls_of_base(node, named)}
    nodes = [node for node in nodes if node not in of_base]
    decorators = {name_of_decorator(each) for node in nodes for each in getattr(node, "decorator_list", ())}
    trusted = others.isdisjoint(TRUSTED | HOMES | decorators & OF_METHODS)
    contained = trusted and not any(_hands_on(node, may_be_handed_on, methods) for node in nodes)
    libraries = LIBRARY_CLASSES | {name for node in nodes for name in _renamed(node)}
    sets_own = contained or (trusted and not any(_hands_on(node, libraries, frozenset()) for node in nodes))
    classes = named - others - decorated if others.isdisjoint(OF_CLASSES | HOMES) else frozenset()
    return Own(attributes, classes, not named or contained, not named or sets_own, forges)


def _hands_on_class(decorator: ast.expr) -> bool:
    return name_of_decorator(decorator) in OF_CLASSES


def _takes_fields(node: ast.AST) -> bool:
    """Whether it may be `dataclasses.fields`, which gives annotations as values."""
    name = node.name if isinstance(node, ast.alias) else getattr(node, "attr", "")
    return name in ("fields", "*")


def _calls_of_base(definition: ast.ClassDef, classes: frozenset[str]) -> Iterator[ast.AST]:
    """`Base.method` where a method calls it for its own object."""
    for method in definition.body:
        own = own_object(method) if isinstance(method, ast.FunctionDef) else ""
        for node in nodes_of(method) if own else ():
            match node:
                case ast.Call(func=ast.Attribute(value=ast.Name(id=base)), args=[ast.Name(id=first), *_]):
                    if base in classes and first == own:
                        yield node.func


def _renamed(node: ast.AST) -> Iterator[str]:
    """What classes of libraries are imported as."""
    if isinstance(node, ast.ImportFrom):
        yield from (alias.asname for alias in node.names if alias.asname and alias.name in LIBRARY_CLASSES)


def _other_names(node: ast.AST) -> Iterable[str]:
    """The names that a node binds to something that is neither a class of the submission nor what it is called."""
    match node:
        case ast.ClassDef():
            return ()
        case ast.ImportFrom() if (node.module or "").partition(".")[0] in MODULES:
            return [alias.name for alias in node.names if alias.name not in TRUSTED | OF_METHODS]
        case ast.alias():
            return bound_by(node) if node.asname not in (None, node.name) else ()
    return bound_by(node)


def _attributes_of(node: ast.AST) -> Iterator[str]:
    """The attributes that a node gives to something."""
    match node:
        case ast.Attribute(ctx=ast.Store()):
            yield node.attr
        case ast.ClassDef():
            yield from class_scope(node).bound
        case ast.Call(func=ast.Name(id="SimpleNamespace") | ast.Attribute(attr="SimpleNamespace")):
            yield from (keyword.arg for keyword in node.keywords if keyword.arg)
        case ast.Call(func=ast.Name(id="namedtuple") | ast.Attribute(attr="namedtuple"), args=[_, fields]):
            texts = (each.value for each in walk(fields) if isinstance(each, ast.Constant))
            yield from (word for text in texts if isinstance(text, str) for word in text.replace(",", " ").split())


def code_of(node: ast.AST, *, annotated: bool) -> Iterator[ast.AST]:
    """A node and all below it, but for what classes are compared with, and annotations if these are no values."""
    queue = [node]
    while queue:
        each = queue.pop()
        yield each
        queue += below(each) if annotated and isinstance(each, ast.AnnAssign) else _below(each)


def _below(node: ast.AST) -> Iterable[ast.AST]:
    return _below_others(node) if isinstance(node, WITH_TYPES) else below(node)


def _below_others(node: ast.AST) -> Iterator[ast.AST]:
    match node:
        case ast.Call(func=ast.Name(id="isinstance" | "issubclass"), args=[first, *compared]):
            yield from (first, *filter(_calls, compared))
        case ast.Call(func=ast.Name(id="super") as function):
            yield from (function, *filter(_calls, node.args))
        case ast.ExceptHandler():
            yield from (*node.body, *([node.type] if node.type and _calls(node.type) else ()))
        case ast.MatchClass():
            yield from (*node.patterns, *node.kwd_patterns)
        case _:
            skipped = {getattr(node, "annotation", None), getattr(node, "returns", None), *getattr(node, "bases", ())}
            yield from (each for each in below(node) if each not in skipped or _calls(each))


def _calls(node: ast.AST) -> bool:
    """Whether something may come of an expression besides its value."""
    return any(isinstance(each, (ast.Call, ast.NamedExpr)) for each in walk(node))


def _hands_on(node: ast.AST, classes: frozenset[str], methods: frozenset[str]) -> bool:
    """Whether a class is somewhere from where it may be handed on, or one of its methods is taken from it."""
    match node:
        case ast.Attribute() if last_name(node.value) in classes:
            return node.attr in methods
        case ast.Attribute() | ast.Raise() | ast.Compare():
            return False
        case ast.ClassDef():
            bare = (each for child in node.body for part in _run_with_class(child) for each in walk(part))
            own = {each.name for each in nodes_of(node) if isinstance(each, FUNCTIONS)}
            return any(last_name(each) in own for each in bare if isinstance(each, ast.Name)) or not all(
                map(_hands_on_class, node.decorator_list)
            )
        case ast.FunctionDef() if any(last_name(each) == "classmethod" for each in node.decorator_list):
            others = [each for each in node.decorator_list if last_name(each) != "classmethod"]
            return bool(others) or not node.args.args or node.args.args[0].arg != "cls"
        case ast.FunctionDef():  # a class above it is called with it
            return False
        case ast.Call():
            parts: list[ast.AST] = [*node.args, *(keyword.value for keyword in node.keywords)]
        case ast.ImportFrom():
            return any(alias.name in classes and alias.asname not in (None, alias.name) for alias in node.names)
        case _:
            parts = list(below(node))
    return any(last_name(part) in classes and not isinstance(getattr(part, "ctx", None), ast.Store) for part in parts)


def _run_with_class(node: ast.stmt) -> Sequence[ast.AST]:
    """What of a statement runs where a class is made; of a method, what might be given it there."""
    match node:
        case ast.Assign(targets=[ast.Name(id=operator)], value=ast.Name(id=other)) if {operator, other} <= ARITHMETIC:
            return []
    if not isinstance(node, FUNCTIONS):
        return [node]
    decorators = [each for each in node.decorator_list if getattr(each, "attr", "") not in ("getter", "setter")]
    return [*decorators, *node.args.defaults, *filter(None, node.args.kw_defaults)]
