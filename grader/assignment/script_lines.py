"""The statements of a forward script: what each makes, and from what. Needs no torch.

A name that is bound or changed more than once stands for the value it has at the end, as after running a cell. The
values before are kept under names of their own that no one types by accident.
"""

import ast
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from grader.sandbox.theirs.dataflow.flow import free_names
from grader.sandbox.theirs.dataflow.sharing import mutated, sharing
from grader.sandbox.theirs.dataflow.statement import IMPORTS, Statement, statement

VERSION = "\u02b9"
"""Between a name and the number of a value that it does not keep."""
KEEP = f"keep{VERSION}"
"""What a script calls to keep a value that is about to be changed in place."""
LIBRARIES = {"torch": "is PyTorch in every script", "F": "stands for torch.nn.functional in every script"}
"""What every script may take for granted."""
BELONGING = (ast.Assign, ast.AnnAssign, ast.AugAssign, ast.For, ast.While, ast.If, ast.With, ast.Expr)
ALLOWED = "write assignments, loops, `if`, `with`, imports, and functions that return what they make."


class Unreadable(Exception):
    """A statement does not belong in a forward script."""

    def __init__(self, line: int, message: str) -> None:
        super().__init__(message)
        self.line = line


@dataclass(frozen=True)
class Definition:
    """An import, a function that the script calls, or a check: what makes no tensor."""

    binds: tuple[str, ...]
    source: str
    number: int
    place: int


@dataclass(frozen=True)
class Line:
    """One statement, seen as what makes one of the names that it binds or changes."""

    target: str
    reads: tuple[str, ...]
    source: str
    """As the author wrote it."""
    number: int
    method: str = ""
    """The method that its expression calls last."""
    code: str = ""
    """The same, ready to run: where a name has several values, it reads and makes the right one."""
    expression: str = ""
    """What its target is bound to, where it does nothing else; empty elsewhere."""
    calls: tuple[str, ...] = ()
    """The functions of the script that it calls."""
    place: int = 0
    """Of its statement."""
    through_others: bool = False
    """It changes its target in place, under another name."""

    @property
    def is_last(self) -> bool:
        """Whether this is the value that its name keeps."""
        return VERSION not in self.target


@dataclass(frozen=True)
class ScriptText:
    """What there is in a script."""

    lines: tuple[Line, ...]
    definitions: tuple[Definition, ...]


def read_script(text: str) -> ScriptText:
    """The lines and definitions of a script.

    Raises:
        Unreadable: it is not Python, or a statement does not belong there.
    """
    try:
        body = ast.parse(text).body
    except SyntaxError as error:
        raise Unreadable(error.lineno or 1, f"this is not valid Python: {error.msg}.") from None
    lines = text.encode().splitlines(keepends=True)
    parts = [part for node in body if not _says_nothing(node) for part in _apart(lines, node)]
    return _ScriptReader(parts).read()


def _says_nothing(node: ast.stmt) -> bool:
    match node:
        case ast.Pass() | ast.Expr(value=ast.Constant()) | ast.AnnAssign(value=None):
            return True
    return False


@dataclass(frozen=True)
class Written:
    """A statement, and its source."""

    node: ast.stmt = field(compare=False)
    source: str


def _apart(lines: Sequence[bytes], node: ast.stmt) -> list[Written]:
    """A statement with its source; `a, b = c, d` as two of them, where none reads what the other binds."""
    match node:
        case ast.Assign(targets=[ast.Tuple(elts=names)], value=ast.Tuple(elts=values)) if len(names) == len(values):
            bound = {name.id for name in names if isinstance(name, ast.Name)}
            read = {each.id for value in values for each in ast.walk(value) if isinstance(each, ast.Name)}
            if len(bound) == len(names) and not bound & read:
                return [
                    Written(
                        ast.copy_location(ast.Assign([name], value), node),
                        f"{ast.unparse(name)} = {_segment(lines, value)}",
                    )
                    for name, value in zip(names, values, strict=True)
                ]
    decorators: list[ast.expr] = getattr(node, "decorator_list", [])
    return [Written(node, "\n".join([*(f"@{_segment(lines, each)}" for each in decorators), _segment(lines, node)]))]


def _segment(lines: Sequence[bytes], node: ast.stmt | ast.expr) -> str:
    """The source of a node, as `ast.get_source_segment` has it, which takes all lines apart each time."""
    assert node.end_lineno is not None
    own = [*lines[node.lineno - 1 : node.end_lineno]]
    own[-1] = own[-1][: node.end_col_offset]
    own[0] = own[0][node.col_offset :]
    return b"".join(own).decode()


class _ScriptReader:
    """Reads statements in order, and keeps account of which value of a name is which."""

    def __init__(self, parts: Sequence[Written]) -> None:
        self._parts = parts
        nodes = [part.node for part in parts]
        self._functions = {name: node for node in nodes for name in _functions_in(node)}
        self._modules = frozenset(LIBRARIES) | {
            name for node in nodes if isinstance(node, IMPORTS) for name in _imported(node)
        }
        defined = [node for node in nodes if isinstance(node, ast.FunctionDef)]
        self._mutators = frozenset(
            (name, mutated(node)) for name, node in {each.name: each for each in defined}.items()
        )
        self._sharing: dict[str, frozenset[str]] = {}
        """The names whose numbers a name has, or may have."""
        self._current: dict[str, str] = {}
        self._count = Counter[str]()

    def read(self) -> ScriptText:
        definitions, made = list[Definition](), list[_Making]()
        for place, part in enumerate(self._parts):
            node = part.node
            names = _imported(node) if isinstance(node, IMPORTS) else _functions_in(node)
            if names or isinstance(node, ast.Assert):
                definitions.append(Definition(tuple(names), part.source, node.lineno, place))
            else:
                made.append(self._made(place, part))
        makings = Counter(name for each in made for name in each.makes)
        lines = [line for each in made for line in self._lines(each, makings)]
        return ScriptText(tuple(lines), tuple(definitions))

    def _made(self, place: int, part: Written) -> "_Making":
        node = part.node
        if not isinstance(node, BELONGING):
            raise Unreadable(node.lineno, f"a forward script cannot have this statement; {ALLOWED}")
        known = _known(part, self._mutators, self._modules)
        found, in_place = known.statement, known.in_place
        for name in sorted((found.binds | found.rebinds) & LIBRARIES.keys()):
            raise Unreadable(node.lineno, f"`{name}` {LIBRARIES[name]}; call what you assign here something else.")
        through = frozenset().union(*(self._sharing.get(name, frozenset()) for name in in_place)) - in_place
        makes = (found.binds | found.rebinds | found.changes | through) - self._modules
        if not makes:
            raise Unreadable(
                node.lineno,
                "this makes nothing that a later line could read; leave it out. Printing, seeds, `requires_grad` and "
                "`backward` are no part of a forward script.",
            )
        self._share(found)
        shared = frozenset(name for name in makes if self._sharing.get(name))
        reads = found.reads | (found.changes - found.rebinds) | through
        return _Making(part, known, place, tuple(known.in_order(makes)), reads, through, in_place - shared)

    def _share(self, found: Statement) -> None:
        for name in found.binds:
            others = self._sharing.pop(name, frozenset())
            for other in others:
                self._sharing[other] -= {name}
        for name, bases in found.shares.items():
            group = {name, *bases}.union(*(self._sharing.get(base, frozenset()) for base in bases))
            for each in group:
                self._sharing[each] = self._sharing.get(each, frozenset()) | (group - {each})

    def _lines(self, made: "_Making", makings: Mapping[str, int]) -> Iterator[Line]:
        called = _called(made.reads, self._functions)
        taken = {name: frozenset(free_names(_body(self._functions[name]))) for name in called}
        for function, names in taken.items():
            if several := [name for name in sorted(names) if makings.get(name, 0) > 1]:
                raise Unreadable(
                    made.part.node.lineno,
                    f"{function} reads {several[0]}, which has several values in this script; pass it as an argument.",
                )
        reads = made.known.in_order(made.reads.union(*taken.values()))
        before = {name: self._current.get(name, name) for name in (*reads, *made.makes)}
        prelude = [
            f"{name} = {KEEP}({version})" if name in made.in_place else f"{name} = {version}"
            for name, version in before.items()
            if VERSION in version
        ]
        for name in made.makes:
            self._count[name] += 1
            is_last = self._count[name] == makings[name]
            self._current[name] = name if is_last else f"{name}{VERSION}{self._count[name]}"
        postlude = [f"{new} = {name}" for name in made.makes if VERSION in (new := self._current[name])]
        code = "\n".join([*prelude, made.part.source, *postlude])
        for name in made.makes:
            yield Line(
                self._current[name],
                tuple(before[each] for each in reads),
                made.part.source,
                made.part.node.lineno,
                method=_last_method(made.part.node),
                code=code,
                expression=made.known.expression if made.makes == (name,) else "",
                calls=tuple(sorted(called)),
                place=made.place,
                through_others=name in made.through,
            )


@dataclass(frozen=True)
class _Making:
    """A statement that makes something. `through` are names that it changes in place under another name."""

    part: Written
    known: "_Facts"
    place: int
    makes: tuple[str, ...]
    reads: frozenset[str]
    through: frozenset[str]
    in_place: frozenset[str]
    """What it changes in place that no other name has a share in."""


@dataclass(frozen=True)
class _Facts:
    """What there is to know of a statement from its own text."""

    statement: Statement
    in_place: frozenset[str]
    """What it changes in place."""
    names: tuple[str, ...]
    """All that are in it, in their order."""
    expression: str

    def in_order(self, names: Iterable[str]) -> list[str]:
        """Names in the order in which the statement has them, and then those that it has not."""
        wanted = frozenset(names)
        return [*(name for name in self.names if name in wanted), *sorted(wanted.difference(self.names))]


@lru_cache(maxsize=4096)
def _known(part: Written, mutators: frozenset[tuple[str, frozenset[int]]], modules: frozenset[str]) -> _Facts:
    """Of a script that is read with other lines in the place of some, as each slip has them, most are as before."""
    changing, node = dict(mutators), part.node
    in_place = frozenset(sharing(node, changing, modules).all_changed()) - modules
    places = sorted((n.lineno, n.col_offset, n.id) for n in ast.walk(node) if isinstance(n, ast.Name))
    names = tuple(dict.fromkeys(name for _, _, name in places))
    return _Facts(statement(0, node, changing, modules), in_place, names, _expression(node))


def _functions_in(node: ast.stmt) -> list[str]:
    """The name of a function that a statement defines."""
    match node:
        case ast.FunctionDef(name=name) | ast.Assign(targets=[ast.Name(id=name)], value=ast.Lambda()):
            return [name]
    return []


def _imported(node: ast.Import | ast.ImportFrom) -> list[str]:
    return [alias.asname or alias.name.partition(".")[0] for alias in node.names]


def _body(node: ast.stmt) -> ast.FunctionDef | ast.Lambda:
    function = node.value if isinstance(node, ast.Assign) else node
    assert isinstance(function, ast.FunctionDef | ast.Lambda)
    return function


def _called(names: Iterable[str], functions: Mapping[str, ast.stmt]) -> set[str]:
    """The functions among some names, and those that they call."""
    called, queue = set[str](), [name for name in names if name in functions]
    while queue:
        name = queue.pop()
        if name not in called:
            called.add(name)
            queue += free_names(_body(functions[name])) & functions.keys()
    return called


def _last_method(node: ast.stmt) -> str:
    match node:
        case ast.Assign(value=ast.Call(func=ast.Attribute(attr=method))):
            return method
    return ""


def _expression(node: ast.stmt) -> str:
    """What a single name is bound to; empty where a statement does anything else."""
    match node:
        case (
            ast.Assign(targets=[ast.Name()], value=value) | ast.AnnAssign(target=ast.Name(), value=ast.expr() as value)
        ):
            return ast.unparse(value)
        case ast.AugAssign(target=ast.Name(id=name), op=operator, value=value):
            return ast.unparse(ast.BinOp(ast.Name(name, ast.Load()), operator, value))
    return ""
