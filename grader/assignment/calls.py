"""A call script, read as text: how a submission is used, and what in it makes which stage. Needs no torch."""

import ast
import builtins
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from grader.border import CallLine, shared_by
from grader.errors import AssignmentError

LIBRARIES = frozenset({"np", "numpy", "torch", "math"})
"""What every call script may take for granted."""
NOT_A_LINE = (ast.Import, ast.ImportFrom, ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Return, ast.Nonlocal)


@dataclass(frozen=True)
class Origin:
    """What of a submission makes something: a function, or a class and the method that was called last."""

    name: str
    method: str = ""


@dataclass(frozen=True)
class CallScript:
    """Lines as in a notebook cell that use what students write.

    Names that are read and not bound are theirs, or given; names that are bound may be stages.
    """

    path: Path
    text: str
    stages: frozenset[str]
    """The names it binds that are asked for."""
    given: frozenset[str]
    """The names that are neither bound nor theirs: inputs, sizes, tensors of the forward pass, upstream gradients."""

    @cached_property
    def lines(self) -> tuple[CallLine, ...]:
        """Its statements in order.

        Raises:
            AssignmentError: it is not Python, or a statement does not belong there.
        """
        return tuple(_line(node) for node in self._statements)

    @cached_property
    def _statements(self) -> list[ast.stmt]:
        """The statements; `a, b = c, d` is two of them, so that one may fail without the other."""
        try:
            body = ast.parse(self.text).body
        except SyntaxError as error:
            raise AssignmentError(f"{self.path}:{error.lineno}", f"not Python: {error.msg}.") from None
        for node in body:
            self._check(node)
        return [each for node in body for each in _apart(node)]

    def _check(self, node: ast.stmt) -> None:
        if isinstance(node, NOT_A_LINE):
            raise AssignmentError(
                f"{self.path}:{node.lineno}",
                "a call script uses what students write, and nothing else: no imports (np, torch and math are there), "
                "no functions or classes of its own.",
            )

    @cached_property
    def bound(self) -> frozenset[str]:
        """Every name that a line binds."""
        return frozenset(name for line in self.lines for name in line.binds)

    @cached_property
    def free(self) -> tuple[str, ...]:
        """The names that are read before any line binds them, in order: given, or what students write."""
        bound, free = set[str](), dict[str, None]()
        for line in self.lines:
            free |= dict.fromkeys(name for name in line.reads if name not in bound)
            bound.update(line.binds)
        return tuple(name for name in free if name not in LIBRARIES and not hasattr(builtins, name))

    @property
    def shared(self) -> tuple[str, ...]:
        """What is given and named by a `global` statement: a variable of students' files."""
        return shared_by(self.lines)

    @property
    def written(self) -> tuple[str, ...]:
        """What students write: the functions and classes that it uses."""
        return tuple(name for name in self.free if name not in self.given and name not in self.shared)

    def origin(self, name: str) -> Origin | None:
        """What of the students' work makes what a line binds to a name; None where nothing does."""
        written = set(self.written)
        origins: dict[str, Origin] = {each: Origin(each) for each in written}
        lent: dict[str, Origin] = {}
        for line, node in zip(self.lines, self._statements, strict=True):
            first = next((each for of in (origins, lent) if (each := _first(of, line.reads))), None)
            for owner, method in _methods(node):
                if owner in origins and owner not in written:
                    origins[owner] = Origin(origins[owner].name, method)
                    first = origins[owner] if first and first.name == origins[owner].name else first
                elif first and owner not in LIBRARIES:
                    origins.setdefault(owner, first)
            if first:
                origins |= {bound: first for bound in line.binds}
                lent |= {each: first for each in line.reads if each not in origins}
        return origins.get(name) if name in self.bound else None

    def before(self, name: str) -> list[Origin]:
        """What else of the students' work comes before what makes a name: it kept, or handed on, what that starts
        from."""
        own = self.origin(name)
        place = max((at for at, line in enumerate(self.lines) if name in line.binds), default=0)
        if own is None or not own.method:
            handed = [self.origin(each) for each in self.lines[place].reads if each in self.bound]
            return list(dict.fromkeys(each for each in handed if each and each.name != (own and own.name)))
        called = [
            Origin(own.name, method)
            for node in self._statements[:place]
            for owner, method in _methods(node)
            if (found := self.origin(owner)) and found.name == own.name and method != own.method
        ]
        return list(dict.fromkeys(called))

    @cached_property
    def parts(self) -> tuple[int, ...]:
        """Where it is cut: each part ends before a line that reads a stage of that part, and the last with its end.

        What a stage is wrong by is then no fault of the lines after it: they are given what is right.
        """
        ends, fresh = list[int](), set[str]()
        for place, line in enumerate(self.lines):
            if fresh.intersection(line.reads):
                ends.append(place)
                fresh = set()
            fresh.update(name for name in line.binds if name in self.stages)
        return (*ends, len(self.lines))


def _first(origins: Mapping[str, Origin], reads: Iterable[str]) -> Origin | None:
    return next((origins[each] for each in reads if each in origins), None)


def _line(node: ast.stmt) -> CallLine:
    if isinstance(node, ast.Global):
        return CallLine(ast.unparse(node), node.lineno, tuple(node.names), (), shares=True)
    names = sorted(_names(node), key=lambda name: (name.lineno, name.col_offset))
    reads = dict.fromkeys(name.id for name in names if isinstance(name.ctx, ast.Load))
    binds = dict.fromkeys(name.id for name in names if isinstance(name.ctx, ast.Store))
    if isinstance(node, ast.AugAssign) and isinstance(node.target, ast.Name):
        reads[node.target.id] = None
    if isinstance(node, ast.For | ast.While | ast.With | ast.If):  # what a loop binds, its body reads
        reads = {name: None for name in reads if name not in binds}
    owners = dict.fromkeys(owner for owner, _ in _methods(node))
    return CallLine(ast.unparse(node), node.lineno, tuple(reads), tuple(binds), tuple(owners))


def _apart(node: ast.stmt) -> list[ast.stmt]:
    match node:
        case ast.Assign(targets=[ast.Tuple(elts=targets)], value=ast.Tuple(elts=values)) if len(targets) == len(values):
            if not any(isinstance(each, ast.Starred) for each in (*targets, *values)):
                pairs = zip(targets, values, strict=True)
                return [ast.copy_location(ast.Assign([target], value), node) for target, value in pairs]
    return [node]


def _names(node: ast.stmt) -> Iterator[ast.Name]:
    """The names of a statement, but for those of its comprehensions and lambdas."""
    inner = {
        name.id
        for each in ast.walk(node)
        if isinstance(each, ast.comprehension)
        for name in ast.walk(each.target)
        if isinstance(name, ast.Name)
    } | {each.arg for each in ast.walk(node) if isinstance(each, ast.arg)}
    return (each for each in ast.walk(node) if isinstance(each, ast.Name) and each.id not in inner)


def _methods(node: ast.stmt) -> Iterator[tuple[str, str]]:
    """Each method that a statement calls on a name."""
    for each in ast.walk(node):
        match each:
            case ast.Call(func=ast.Attribute(value=ast.Name(id=owner), attr=method)):
                yield owner, method
