"""What is written in a statement that is not on the list: the lines, and a word for each."""

import ast
import builtins
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from typing import Any, Literal

from grader.sandbox.border.messages import STEP
from grader.sandbox.theirs.dataflow.flow import BUILTINS
from grader.sandbox.theirs.dataflow.tree import below, nodes_of, walk
from grader.sandbox.theirs.source import vocabulary
from grader.sandbox.theirs.source.after_training import VALUE
from grader.sandbox.theirs.source.forging import ARRAYS
from grader.sandbox.theirs.source.harmless import has_star, is_plain_format, is_type_of_one, parses_alone
from grader.sandbox.theirs.source.imports import PACKAGE, is_absent
from grader.sandbox.theirs.source.lookup import Lookup
from grader.sandbox.theirs.source.owned import Own
from grader.sandbox.theirs.source.scopes import (
    Binding,
    Names,
    bound_by,
    class_scope,
    comprehension_scope,
    function_scope,
    method_scope,
)
from grader.sandbox.theirs.source.vocabulary import APART, ATTRIBUTES, AUTOGRAD, MODULES, attributes_elsewhere

Kind = Literal["autograd", "engine", "apart", "outside"]
"""`autograd`: a word of it; `engine`: a library that differentiates; `apart`: what matters only where it flows into a
value; `outside`: what may reach any line of a submission."""
OF_FILES = vocabulary.OF_MODULES | {STEP, VALUE}
"""Names with two underscores that there are in every file, those of our own included."""
OF_ANYTHING = vocabulary.OF_MODULES | vocabulary.DUNDERS | vocabulary.OPERATORS
"""Names with two underscores that lead nowhere, of modules and of what is in them."""
PLAIN_BASES = frozenset("ABC Enum Generic IntEnum NamedTuple Protocol TypedDict".split())
SETTABLE = frozenset({"data", "grad"})
"""What many write an update with: `p.data += …`."""
OF_TYPES = frozenset({"__name__", "__qualname__"})
OF_SHAPES = frozenset("device dim dtype ndim numel shape size".split())
"""What of a gradient says nothing of its numbers."""
LIKE = frozenset({"torch.ones_like", "torch.zeros_like"})
"""What takes nothing of a tensor but its shape."""
TAKES_NAME = frozenset({"getattr", "hasattr", "setattr", "delattr"})
VALUES = (ast.Constant, ast.Dict, ast.JoinedStr, ast.List, ast.Tuple, ast.UnaryOp)
PARSES = frozenset(f"parse_{which}args" for which in ("", "known_", "intermixed_", "known_intermixed_"))
OF_PARSERS = PARSES | {"add_argument", "add_subparsers"}
"""What puts names and values on something it is given, or gives what does: right where it is called and not kept."""
TAKES_DTYPE = frozenset({"astype", "dtype", "type", "view"})


@dataclass(frozen=True)
class Word:
    """Something that is not on the list, and its line."""

    kind: Kind
    line: int
    name: str


class Reader:
    """Reads statements of one file against the list."""

    def __init__(self, module: Names, own: Own, neighbours: Mapping[str, Names], surely: frozenset[str]) -> None:
        """Make one.

        Args:
            module: the scope of the file.
            own: what the submission has of its own.
            neighbours: the scopes of its other files, by the name under which they are imported.
            surely: names that Python has as well, and that the file binds before it reads them.
        """
        self._lookup, self._own, self._neighbours = Lookup(module, own, surely), own, neighbours
        self._found: list[Word] = []
        self._allowed: set[ast.AST] = set()
        """What is right in its place, and in no other."""
        self._steps: dict[type[ast.AST], Callable[[ast.AST], None] | None] = {}

    def words(self, statement: ast.stmt) -> tuple[Word, ...]:
        """What of a statement is not on the list."""
        return self._words(self._visit, statement)

    def words_of_signature(self, function: ast.FunctionDef) -> tuple[Word, ...]:
        """The same of what runs of a function that nobody calls."""
        return self._words(self._signature, function)

    def _words(self, visit: Callable[[Any], None], node: ast.stmt) -> tuple[Word, ...]:
        self._found = []
        self._lookup.to_top()
        try:
            visit(node)
        except RecursionError:
            self._note("outside", node, "nested too deeply")
        return tuple(dict.fromkeys(self._found))

    def _note(self, kind: Kind, node: ast.AST, name: str) -> None:
        self._found.append(Word(kind, getattr(node, "lineno", 0), name))

    def _visit(self, node: ast.AST | None) -> None:
        if node is None:
            return
        kind = type(node)
        if kind not in self._steps:
            self._steps[kind] = getattr(self, f"_{kind.__name__}", None)
        if step := self._steps[kind]:
            step(node)
        else:
            self._visit_below(node)

    def _visit_all(self, nodes: Iterable[ast.AST | None]) -> None:
        for node in nodes:
            self._visit(node)

    def _visit_below(self, node: ast.AST) -> None:
        self._visit_all(below(node))

    # Names

    def _Name(self, node: ast.Name) -> None:
        if not isinstance(node.ctx, ast.Load):
            self._binds(node, node.id)
            return
        bindings = self._lookup.bindings(node.id)
        for path in bindings:
            if isinstance(path, str):
                self._path(path, [], node)
        if not bindings or _is_dunder(node.id) or (node.id in BUILTINS and not self._lookup.is_surely_own(node.id)):
            self._builtin(node)

    def _binds(self, node: ast.AST, name: str) -> None:
        if _is_dunder(name) and name not in OF_FILES - {"__name__"} | {"__slots__"} and not self._is_operator(name):
            self._note("outside", node, name)

    def _is_operator(self, name: str) -> bool:
        """Whether it is one that the class defines in whose body it stands: `__radd__ = __add__`."""
        return self._lookup.in_class and name in vocabulary.ARITHMETIC

    def _builtin(self, node: ast.Name) -> None:
        name = node.id
        known = name in vocabulary.BUILTINS or name in vocabulary.NOTEBOOK or node in self._allowed
        known = known or self._is_operator(name)
        if not known and (name in BUILTINS or _is_dunder(name)) and name not in OF_FILES:
            self._note("outside", node, name)

    # Attributes

    def _Attribute(self, node: ast.Attribute) -> None:
        chain: list[ast.Attribute] = []
        base: ast.expr = node
        while isinstance(base, ast.Attribute):
            chain.append(base)
            base = base.value
        chain.reverse()
        bindings = self._lookup.bindings(base.id) if isinstance(base, ast.Name) else []
        paths = [binding for binding in bindings if isinstance(binding, str)]
        for path in paths:
            self._path(path, chain, base)
        if paths and len(paths) == len(bindings):
            return
        if isinstance(base, ast.Call) and is_type_of_one(base) and self._is_of_type(base, chain[0].attr):
            self._allowed.add(base.func)
        self._visit(base)
        for place, each in enumerate(chain):
            following = chain[place + 1].attr if place + 1 < len(chain) else ""
            if each.attr == "__class__" and self._is_of_type(each, following):
                continue
            if not (each.attr == "grad" and (following in OF_SHAPES or each in self._allowed)):
                self._attribute(each, each.attr, each.value, each.ctx)

    def _is_of_type(self, type_of: ast.expr, name: str) -> bool:
        """Whether an attribute of what `type(x)` gives is a name, or something of a class of the submission."""
        return name in OF_TYPES or (name in self._own.attributes and self._lookup.is_own_class(type_of))

    def _attribute(self, node: ast.AST, name: str, base: ast.AST, context: ast.expr_context) -> None:
        """An attribute of something that is no module."""
        if not isinstance(context, ast.Load):
            self._set(node, name, base)
        elif _is_dunder(name):
            if name not in vocabulary.DUNDERS | vocabulary.OPERATORS:
                self._note("outside", node, name)
        elif name == "format":
            if not (isinstance(base, ast.Constant) and isinstance(base.value, str) and is_plain_format(base.value)):
                self._note("outside", node, "str.format")
        elif name in ATTRIBUTES or name in vocabulary.OF_CONTEXTS or self._lookup.is_own_object(base):
            return
        elif name in OF_PARSERS and node not in self._allowed:
            self._note("outside", node, name)
        elif name in AUTOGRAD or "_backward" in name:
            watched = name in vocabulary.WATCHED or name not in attributes_elsewhere()
            if not (name in self._own.attributes and watched):
                self._note("autograd", node, name)
        elif name in attributes_elsewhere():
            if not (name in self._own.attributes and self._lookup.is_own_class(base)):
                self._note("outside", node, name)
        elif name not in self._own.attributes:
            self._note("outside" if name.startswith("_") else "apart", node, name)

    def _set(self, node: ast.AST, name: str, base: ast.AST) -> None:
        if _is_dunder(name):
            if name not in vocabulary.DUNDERS - {"__call__", "__init__"}:
                self._note("outside", node, name)
        elif name in SETTABLE or self._lookup.is_own_object(base, set_only=True) or self._lookup.is_own_class(base):
            return
        elif name in AUTOGRAD:
            self._note("autograd", node, name)
        elif name in ATTRIBUTES or name in attributes_elsewhere():
            self._note("outside", node, f"{name} is set")

    # Modules

    def _path(self, path: str, chain: Sequence[ast.Attribute], base: ast.AST) -> None:
        """What is imported as `path`, and attributes of it.

        Args:
            path: the full name of what is imported.
            chain: the attributes, from the first one on.
            base: the name that it is imported as.
        """
        imported = path.lstrip(".").split(".")
        words = [*imported, *(each.attr for each in chain)]
        top = words[0]
        if top in vocabulary.AUTODIFF:
            self._note("engine", base, top)
        if any(_is_dunder(word) and word not in OF_ANYTHING for word in words):
            self._note("outside", base, ".".join(words))
        if top == PACKAGE:
            self._in_neighbour(words, chain, base)
        elif top == "grader":
            is_set = chain and not isinstance(chain[-1].ctx, ast.Load)
            if is_set or len(imported) > 2:
                self._note("outside", base, ".".join(words))
        elif top in vocabulary.PICTURES:
            reaches = any(_reaches(word) for word in words[1:])
            self._note("outside" if reaches else "apart", base, top)
        elif not _is_nowhere(top):
            self._in_library(words, chain, base)

    def _in_neighbour(self, words: Sequence[str], chain: Sequence[ast.Attribute], base: ast.AST) -> None:
        module, used = words[0], 1
        while used < len(words) and f"{module}.{words[used]}" in self._neighbours:
            inner, rest = f"{module}.{words[used]}", _last_of(chain, len(words) - used - 1)
            for binding in self._bound_beside(module, inner):
                self._path(binding, rest, base) if isinstance(binding, str) else self._visit_attributes(rest)
            module, used = inner, used + 1
        if used == len(words):
            self._note("outside", base, words[-1])
            return
        rest = _last_of(chain, len(words) - used - 1)
        bindings = self._neighbours[module].bound.get(words[used], []) if module in self._neighbours else []
        for binding in bindings:
            if isinstance(binding, str):
                self._path(binding, rest, base)
        if bindings and all(isinstance(binding, str) for binding in bindings):
            return
        if chain and not rest and not isinstance(chain[-1].ctx, ast.Load):
            self._note("outside", base, f"{'.'.join(words)} is set")
        self._visit_attributes(rest if bindings else chain)

    def _bound_beside(self, package: str, module: str) -> Iterator[Binding]:
        """What else a package binds the name of one of its files to."""
        bound = self._neighbours[package].bound if package in self._neighbours else {}
        return (each for each in bound.get(module.rpartition(".")[2], ()) if each != module)

    def _in_library(self, words: Sequence[str], chain: Sequence[ast.Attribute], base: ast.AST) -> None:
        module, used = words[0], 1
        while used < len(words) and _is_known(f"{module}.{words[used]}"):
            module, used = f"{module}.{words[used]}", used + 1
        name = words[used] if used < len(words) else ""
        full = f"{module}.{name}" if name else module
        if chain and not isinstance(chain[-1].ctx, ast.Load):
            is_setting = module.startswith("torch.backends") and used == len(words) - 1 and name in MODULES[module]
            if not is_setting:
                self._note("outside", base, f"{'.'.join(words)} is set")
        elif name in ARRAYS and self._own.forges and module.startswith("numpy"):
            self._note("outside", base, f"{full} as a value")
        elif name == "__version__":
            self._visit_attributes(_last_of(chain, len(words) - used - 1))
        elif name in MODULES.get(module, ()) or (
            name in ATTRIBUTES and vocabulary.is_of_arrays(module) and not _is_other_module(full)
        ):
            self._visit_attributes(_last_of(chain, len(words) - used - 1))
        elif name in APART.get(module, ()):
            self._note("apart", base, full)
            self._visit_attributes(_last_of(chain, len(words) - used - 1))
        elif any(word in AUTOGRAD or "_backward" in word for word in words):
            self._note("autograd", base, full)
        elif not any(each in self._allowed for each in (base, *chain)):
            self._note("outside" if _may_have(module, name) else "apart", base, full)

    def _visit_attributes(self, chain: Iterable[ast.Attribute]) -> None:
        for each in chain:
            self._attribute(each, each.attr, each.value, each.ctx)

    def _Import(self, node: ast.Import | ast.ImportFrom) -> None:
        """To import does nothing by itself: what is imported counts where it is used, as far as its name shows that."""
        if self._lookup.in_class:
            self._note("outside", node, "import in a class")
        if any(alias.name == "*" for alias in node.names):
            self._note("outside", node, "import *")
        for alias in node.names:
            self._binds(node, alias.asname or alias.name)

    _ImportFrom = _Import

    def _bound(self, node: ast.ExceptHandler | ast.MatchAs | ast.MatchStar | ast.MatchMapping) -> None:
        for name in bound_by(node):
            self._binds(node, name)
        self._visit_below(node)

    _ExceptHandler = _MatchAs = _MatchStar = _MatchMapping = _bound

    # Calls

    def _Call(self, node: ast.Call) -> None:
        for keyword in node.keywords:
            if keyword.arg and _is_dunder(keyword.arg):
                self._note("outside", node, keyword.arg)
        self._dtype(node)
        name = node.func.id if isinstance(node.func, ast.Name) and not self._lookup.bindings(node.func.id) else ""
        if name in TAKES_NAME:
            self._by_name(node, name)
            return
        if self._by_names(node):
            return
        if self._turns_off(node):
            if isinstance(node.func, ast.Attribute) and not self._lookup.full_name(node.func):
                self._visit(node.func.value)
            return
        if getattr(node.func, "attr", "") in vocabulary.EVALUATING and node.args and not self._is_own_name(node.func):
            self._note("outside", node, ast.unparse(node.func).rpartition(".")[2])
        if name == "open" and self._reads_a_text(node):
            self._allowed.add(node.func)
        elif self._lookup.full_name(node.func) == "types.SimpleNamespace" and all(each.arg for each in node.keywords):
            self._allow(node.func)
        elif getattr(node.func, "attr", "") in PARSES:
            self._allowed.add(node.func)
            if not parses_alone(node):
                self._note("outside", node, "namespace")
        elif name == "super" and self._is_of_own_class(node):
            self._allow(node.func)
        elif name == "print":
            self._allow_types(node.args)
        elif self._lookup.full_name(node.func) in LIKE:
            self._allowed.update(
                each for each in node.args[:1] if isinstance(each, ast.Attribute) and each.attr == "grad"
            )
        self._visit_below(node)

    def _is_of_own_class(self, node: ast.Call) -> bool:
        """Whether `super` looks among the bases of a class of the submission: past others, it finds what is watched."""
        first = node.args[0] if node.args else None
        return first is None or (isinstance(first, ast.Name) and first.id in self._own.classes)

    def _is_own_name(self, function: ast.expr) -> bool:
        return getattr(function, "attr", "") in self._own.attributes

    def _Assign(self, node: ast.Assign) -> None:
        """What is set in the environment flows into nothing; to read it is another matter."""
        for target in node.targets:
            if isinstance(target, ast.Subscript) and self._lookup.full_name(target.value) == "os.environ":
                self._visit(target.slice)
            else:
                self._visit(target)
        self._visit(node.value)

    def _allow(self, node: ast.AST) -> None:
        self._allowed.update(nodes_of(node))

    def _by_name(self, node: ast.Call, function: str) -> None:
        """`getattr` and its like: with a name as it stands there, an attribute like any other."""
        name = node.args[1] if len(node.args) > 1 and not has_star(node) else None
        names = self._lookup.names_of(name)
        if names:
            context = ast.Load() if function in ("getattr", "hasattr") else ast.Store()
            targets = [ast.copy_location(ast.Attribute(node.args[0], each, context), node) for each in sorted(names)]
            self._visit_all([*targets, *node.args[2:]])
        elif (
            function == "setattr"
            and len(node.args) == 3
            and not has_star(node)
            and self._lookup.is_own_object(node.args[0])
        ):
            self._visit_all(node.args[1:])
        else:
            self._note("outside", node, function)
            self._visit_all(node.args)

    def _by_names(self, node: ast.Call) -> bool:
        """`operator.attrgetter` and its like, with names as they stand there: attributes of whatever it is given."""
        function = self._lookup.full_name(node.func)
        given = node.args if function == "operator.attrgetter" else node.args[:1]
        texts = [self._lookup.names_of(each) for each in given]
        if function not in vocabulary.TAKE_NAMES or not all(texts) or not texts:
            return False
        for name in sorted(part for each in set().union(*texts) for part in each.split(".")):
            self._attribute(node, name, node, ast.Load())
        self._visit_all([*node.args, *node.keywords])
        return True

    def _turns_off(self, node: ast.Call) -> bool:
        """Whether a call says that autograd is not wanted."""
        match node.args, node.keywords:
            case [ast.Constant(value=False)], []:
                is_method = isinstance(node.func, ast.Attribute) and node.func.attr == "requires_grad_"
                return is_method or self._lookup.full_name(node.func) in vocabulary.SWITCHES
        return False

    def _reads_a_text(self, node: ast.Call) -> bool:
        given = {keyword.arg: keyword.value for keyword in node.keywords} | dict(
            zip(("file", "mode"), node.args, strict=False)
        )
        mode = given.get("mode", ast.Constant("r"))
        plain = isinstance(mode, ast.Constant) and mode.value in ("r", "rt")
        known = given.keys() <= {"file", "mode", "encoding", "errors", "newline"} and len(node.args) < 3
        return plain and known and self._lookup.is_path(given.get("file"))

    def _dtype(self, node: ast.Call) -> None:
        """Types with an imaginary axis: a step along it gives a derivative with no formula for it."""
        named = getattr(node.func, "attr", "") in TAKES_DTYPE
        given = [keyword.value for keyword in node.keywords if keyword.arg == "dtype"] + (node.args if named else [])
        of_arrays = vocabulary.is_of_arrays(self._lookup.full_name(node.func))
        texts = {text for each in given for text in self._lookup.texts(each)}
        texts |= {text for each in node.args if of_arrays for text in self._lookup.texts(each) if len(text) > 1}
        if not vocabulary.COMPLEX.isdisjoint(texts):
            self._note("outside", node, "complex numbers")

    def _Constant(self, node: ast.Constant) -> None:
        if isinstance(node.value, complex):
            self._note("outside", node, "complex numbers")

    def _Expr(self, node: ast.Expr) -> None:
        """A call by itself: what stands apart, as a picture does, and is not kept flows into nothing."""
        start = len(self._found)
        call = node.value if isinstance(node.value, ast.Call) else None
        if call and getattr(call.func, "attr", "") == "add_argument":
            self._allowed.add(call.func)
        if call and not self._turns_off(call) and getattr(call.func, "id", "") not in TAKES_NAME:
            self._visit(call.func)
        apart = [word for word in self._found[start:] if word.kind == "apart"]
        self._visit(node.value)
        if apart and not any(isinstance(each, ast.NamedExpr) for each in nodes_of(node)):
            self._found[start:] = [word for word in self._found[start:] if word.kind != "apart"]

    def _Compare(self, node: ast.Compare) -> None:
        parts = [node.left, *node.comparators]
        if all(self._only_compares(each, part) for each, part in zip(node.ops, node.comparators, strict=True)):
            self._allow_types(parts)
        if any(isinstance(part, ast.Constant) and part.value is None for part in parts):
            parts = [part for part in parts if not isinstance(part, ast.Name)]
        self._visit_all(parts)

    def _only_compares(self, operator: ast.cmpop, right: ast.expr) -> bool:
        """Whether what is compared stays where it is: an object of one's own is handed what it is asked about."""
        if not isinstance(operator, (ast.In, ast.NotIn)):
            return True
        values = self._lookup.bindings(right.id) if isinstance(right, ast.Name) else [right]
        return all(isinstance(value, (ast.Tuple, ast.List, ast.Set, ast.Dict)) for value in values)

    def _FormattedValue(self, node: ast.FormattedValue) -> None:
        self._allow_types([node.value])
        self._visit_below(node)

    def _allow_types(self, nodes: Iterable[ast.AST]) -> None:
        """`type(x)` is right where it is compared or shown: kept, it makes classes."""
        self._allowed.update(node.func for node in nodes if isinstance(node, ast.Call) and is_type_of_one(node))

    # Definitions

    def _FunctionDef(self, node: ast.FunctionDef) -> None:
        self._signature(node)
        scope_of = method_scope if self._lookup.in_class else function_scope
        with self._lookup.inside(scope_of(node)):
            self._visit_all(node.body)

    def _signature(self, node: ast.FunctionDef) -> None:
        allowed = vocabulary.OF_CLASSES | vocabulary.ARITHMETIC if self._lookup.in_class else frozenset()
        if _is_dunder(node.name) and node.name not in allowed:
            self._note("outside", node, node.name)
        for decorator in node.decorator_list:
            if isinstance(decorator, ast.Call) and len(decorator.args) == 1 and not decorator.keywords:
                if not has_star(decorator) and self._lookup.full_name(decorator.func) == "functools.wraps":
                    self._allow(decorator.func)
            self._visit(decorator)
        self._visit(node.args)
        self._visit(node.returns)

    def _Lambda(self, node: ast.Lambda) -> None:
        self._visit(node.args)
        with self._lookup.inside(function_scope(node)):
            self._visit(node.body)

    def _ClassDef(self, node: ast.ClassDef) -> None:
        self._binds(node, node.name)
        for keyword in node.keywords:
            self._note("outside", node, keyword.arg or "metaclass")
        if any(self._lookup.full_name(base) in vocabulary.ONLY_BASES for base in node.bases) and not self._has_members(
            node
        ):
            self._note("outside", node, "class of Enum without members")  # called, it makes others of a dictionary
        for base in node.bases:
            if self._lookup.full_name(base) in vocabulary.FUNCTIONS:
                continue
            if self._lookup.full_name(base) in vocabulary.ONLY_BASES:
                self._allow(base)
            self._visit(base)
            if not self._is_plain_base(base) and self._lookup.full_name(base) != "torch.nn.Module":
                self._note("outside", node, f"class of {ast.unparse(base)}")
        self._visit_all(node.decorator_list)
        with self._lookup.inside(class_scope(node)):
            self._visit_all(node.body)

    def _has_members(self, node: ast.ClassDef) -> bool:
        """Whether an enumeration surely has a member: a value that is no function, and not called off."""
        values = [each.value for each in node.body if isinstance(each, ast.Assign) and len(each.targets) == 1]
        known = any(isinstance(each, VALUES) or self._is_auto(each) for each in values)
        names = [name for each in node.body for part in walk(each) for name in bound_by(part)]
        return known and not any(name.startswith("_") and not _is_dunder(name) for name in names)

    def _is_auto(self, node: ast.expr) -> bool:
        return isinstance(node, ast.Call) and self._lookup.full_name(node.func) == "enum.auto"

    def _is_plain_base(self, node: ast.expr) -> bool:
        if isinstance(node, ast.Subscript):
            node = node.value
        if isinstance(node, ast.Call):
            return self._lookup.full_name(node.func) == "collections.namedtuple"
        bindings = self._lookup.bindings(node.id) if isinstance(node, ast.Name) else []
        if bindings and all(isinstance(binding, ast.ClassDef) for binding in bindings):
            return True
        if isinstance(node, ast.Name) and not bindings:
            return _is_plain_builtin(node.id)
        module, _, name = self._lookup.full_name(node).rpartition(".")
        if module == "builtins":
            return _is_plain_builtin(name)
        neighbour = self._neighbours.get(module.lstrip("."))
        if neighbour:
            return all(isinstance(binding, ast.ClassDef) for binding in neighbour.bound.get(name, [None]))
        return module in ("abc", "enum", "typing", "typing_extensions") and name in PLAIN_BASES

    def _comprehension(self, node: ast.ListComp | ast.SetComp | ast.DictComp | ast.GeneratorExp) -> None:
        first, *others = node.generators
        self._visit(first.iter)
        with self._lookup.inside(comprehension_scope(node)):
            self._visit_all([first.target, *first.ifs])
            for each in others:
                self._visit_all([each.iter, each.target, *each.ifs])
            self._visit_all([node.key, node.value] if isinstance(node, ast.DictComp) else [node.elt])

    _ListComp = _SetComp = _DictComp = _GeneratorExp = _comprehension

    def _MatchClass(self, node: ast.MatchClass) -> None:
        for name in node.kwd_attrs:
            self._attribute(node, name, node, ast.Load())
        self._visit_below(node)

    def _asynchronous(self, node: ast.AST) -> None:
        self._note("outside", node, "async")

    _AsyncFunctionDef = _AsyncFor = _AsyncWith = _Await = _asynchronous


def _last_of(chain: Sequence[ast.Attribute], count: int) -> Sequence[ast.Attribute]:
    """The last attributes: as many as are taken of what a module has."""
    return chain[len(chain) - count :] if count else []


def _reaches(name: str) -> bool:
    """Whether something of a library that stands apart may be a way out of it."""
    return name.startswith("_") or name in sys.stdlib_module_names | vocabulary.EVALUATING or "pickle" in name


def _may_have(module: str, name: str) -> bool:
    """Whether there may be such a thing; if not, it is a slip, and comes to nothing but an exception."""
    loaded = sys.modules.get(module)
    if loaded is None or module not in MODULES or not name or name.startswith("_") or hasattr(loaded, name):
        return True
    return hasattr(loaded, "__path__") and find_spec(f"{module}.{name}") is not None


def _is_other_module(full: str) -> bool:
    """Whether it is a module that is not on the list, and called like something that is; those of `torch.cpu` are."""
    return full in sys.modules and full != "torch.cpu"


def _is_known(module: str) -> bool:
    return module in MODULES or module in APART


def _is_nowhere(module: str) -> bool:
    """Whether nothing is known of a library, and it is not there: no value comes from it, since importing it fails."""
    return not _is_known(module) and is_absent(module)


def _is_plain_builtin(name: str) -> bool:
    """Whether a class of one's own may be one of what Python calls so."""
    error = getattr(builtins, name, None)
    return name == "object" or (isinstance(error, type) and issubclass(error, Exception))


def _is_dunder(name: str) -> bool:
    return name.startswith("__") and name.endswith("__") and len(name) > 4
