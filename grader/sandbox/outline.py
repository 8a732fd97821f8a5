"""A source as its top-level statements: what each binds, changes and reads, and which of them a stage needs.

A *flat* source computes its gradients at top level, as in a notebook: `dprobs = dlogprobs / probs`. A stage of it is
the backward slice of its variable: the last statement that binds it, what changes it after that, and whatever those
need that is not given.
"""

import ast
import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from functools import cache, cached_property

from grader.answer import Source
from grader.sandbox.messages import Wanted, WantedStage

LOOPS = (ast.For, ast.AsyncFor, ast.While)
WITH = (ast.With, ast.AsyncWith)
COMPOUND = (*LOOPS, *WITH, ast.If, ast.Try, ast.Match)
IMPORTS = (ast.Import, ast.ImportFrom)
OF_LISTS = frozenset("add append clear extend insert pop remove reverse setdefault sort update".split())
COMMENT = re.compile(r"\s*#")
LINE_CAP = 200
"""Of a comment line, as much is looked at for a heading."""


@dataclass(frozen=True, eq=False)
class Statement:
    """One top-level statement. `binds` names anew, `changes` what they hold, `rebinds` in a loop."""

    number: int
    node: ast.stmt
    binds: frozenset[str]
    changes: frozenset[str]
    rebinds: frozenset[str]
    reads: frozenset[str]

    @property
    def is_import(self) -> bool:
        return isinstance(self.node, IMPORTS)

    @property
    def is_definition(self) -> bool:
        return isinstance(self.node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef))


@dataclass(frozen=True)
class Slice:
    """The statements that make one stage's variable, in order; `main` are those that bind or change it."""

    variable: str
    statements: tuple[Statement, ...]
    main: tuple[Statement, ...]
    given: tuple[str, ...]
    """The names it takes from outside."""


@dataclass
class Outline:
    """One source, parsed cell by cell: a cell that is not Python costs only itself."""

    source: Source
    wanted: Wanted
    broken: list[BaseException] = field(default_factory=list)

    @cached_property
    def body(self) -> list[ast.stmt]:
        """Raises nothing: what cannot be parsed is in `broken`."""
        body: list[ast.stmt] = []
        for start, text in _chunks(self.source):
            try:
                tree = ast.parse(text, self.source.name)
            except BaseException as error:
                if isinstance(error, SyntaxError) and error.lineno:
                    error.lineno += start - 1
                self.broken.append(error)
            else:
                body += (ast.increment_lineno(tree, start - 1) if start > 1 else tree).body
        return body

    @cached_property
    def statements(self) -> list[Statement]:
        mutators = {node.name: _mutated(node) for node in self.body if isinstance(node, ast.FunctionDef)}
        modules = {name for node in self.body if isinstance(node, IMPORTS) for name in _bound(node)}
        return [_statement(number, node, mutators, modules) for number, node in enumerate(self.body)]

    @cached_property
    def is_flat(self) -> bool:
        """Whether stages are variables here, and not functions."""
        names = {name for stage in self._variables for name in (stage.name, *stage.also)}
        bound = [s for s in self.statements if s.binds & names and not s.is_import]
        callables = [s for s in bound if s.is_definition or isinstance(getattr(s.node, "value", None), ast.Lambda)]
        return bool(bound) and not callables

    @cached_property
    def runs(self) -> list[Statement]:
        """What is run of it: a Python file of functions whole, else what the stages need."""
        if self.is_flat:
            sliced = {s for cut in self.slices.values() for s in cut.statements}
            return sorted({*sliced, *self.functions}, key=_order)
        return self._needed(self.wanted.names) if self.source.cells else self.statements

    @cached_property
    def functions(self) -> list[Statement]:
        """Of a flat source, what the stages need that can only be functions."""
        return self._needed(stage.name for stage in self.wanted.stages if stage.only_function)

    @property
    def _variables(self) -> list[WantedStage]:
        return [stage for stage in self.wanted.stages if not stage.only_function]

    @cached_property
    def slices(self) -> dict[str, Slice]:
        """Of a flat source, the slice of each stage that is there."""
        return {stage.name: cut for stage in self._variables if (cut := self._slice(stage))} if self.is_flat else {}

    @cached_property
    def similar(self) -> dict[str, str]:
        """For stages that are not there, a name bound here that is spelled much like it."""
        known = {name for each in self.wanted.stages for name in (each.name, *each.also, *each.offered)}
        bound = sorted({name for s in self.statements for name in s.binds | s.changes} - known)
        absent = [stage.name for stage in self._variables if stage.name not in self.slices] if self.is_flat else []
        close = {name: get_close_matches(name, bound, n=1, cutoff=0.85) for name in absent}
        return {name: found[0] for name, found in close.items() if found}

    def _needed(self, names: Iterable[str]) -> list[Statement]:
        """What functions of these names need, all together."""
        names = set(names)
        kept = {s for s in self.statements if not names.isdisjoint(s.binds)}
        queue = list(kept)
        while queue:
            reads = queue.pop().reads
            more = {s for s in self.statements if (s.binds | s.changes | s.rebinds) & reads} - kept
            kept |= more
            queue += more
        return sorted(kept, key=_order)

    def _slice(self, stage: WantedStage) -> Slice | None:
        part = [s for s in self.statements if self._exercises[s.number] == stage.exercise]
        names = {stage.name, *stage.also}
        main = _last_binding(part, names) or _last_binding(self.statements, {stage.name})
        if not main:
            return None
        variable = next(iter((main[0].binds | main[0].changes) & names))
        offered = frozenset(stage.offered)
        needed, given = self._trace(main, offered)
        return Slice(variable, tuple(sorted(needed, key=_order)), tuple(main), tuple(sorted(given)))

    def _trace(self, main: Sequence[Statement], offered: frozenset[str]) -> tuple[set[Statement], set[str]]:
        needed = set(main)
        given: set[str] = set()
        queue = [(statement, statement.number) for statement in main]
        while queue:
            statement, before = queue.pop()
            given |= statement.reads & offered
            for name in statement.reads - offered:
                for found in self._definitions(name, before):
                    if found not in needed:
                        needed.add(found)
                        queue.append((found, before if found.is_definition else found.number))
        return needed, given

    def _definitions(self, name: str, before: int) -> list[Statement]:
        """The statements that made a name what it is at a place; cells that were run out of order count as well."""
        for statements in ([s for s in self.statements if s.number < before], self.statements):
            if found := _last_binding(statements, {name}) or [s for s in statements if name in s.rebinds][-1:]:
                return found
        return []

    @cached_property
    def _exercises(self) -> list[int]:
        """The exercise that each statement belongs to: by headings, failing those by order of appearance."""
        headed = self._headings()
        if any(exercise > 0 for _, exercise in headed):
            return [max([(0, 0), *(h for h in headed if h[0] <= s.node.lineno)])[1] for s in self.statements]
        return self._by_appearance()

    def _headings(self) -> list[tuple[int, int]]:
        """Lines that begin an exercise, with its number; -1 where something else begins."""
        wanted = self.wanted
        patterns = [(number, re.compile(text)) for number, text in enumerate(wanted.headings) if text]
        patterns += [(-1, re.compile(wanted.elsewhere))] if wanted.elsewhere else []
        lines = enumerate(self.source.text.split("\n"), start=1)
        comments = [(number, line[:LINE_CAP]) for number, line in lines if COMMENT.match(line)]
        return [
            (line, next(number for number, pattern in patterns if pattern.search(text)))
            for line, text in comments
            if any(pattern.search(text) for _, pattern in patterns)
        ]

    def _by_appearance(self) -> list[int]:
        """A later exercise begins where a name of it is bound that no earlier one has, or has had and moved on from."""
        owners: dict[str, list[int]] = {}
        for stage in self.wanted.stages:
            for name in (stage.name, *stage.also):
                owners.setdefault(name, []).append(stage.exercise)
        current, exercises = 0, []
        used: set[str] = set()
        for statement in self.statements:
            for name in statement.binds.intersection(owners):
                if owners[name] == [min(owners[name])]:
                    current = owners[name][0]
                elif name in used:
                    current = max(current, *owners[name])
            if statement.binds & owners.keys():
                used |= statement.reads
            exercises.append(current)
        return exercises


def _last_binding(statements: Sequence[Statement], names: Collection[str]) -> list[Statement]:
    """The last statement that binds one of the names, and those after it that change it."""
    names = set(names)
    bound = [s for s in statements if s.binds & names]
    start = bound[-1].number if bound else -1
    return [*bound[-1:], *(s for s in statements if s.number > start and s.changes & names)]


def _chunks(source: Source) -> Iterator[tuple[int, str]]:
    if not source.cells:
        yield 1, source.text
        return
    lines = source.text.split("\n")
    for start, end in zip(source.cells, [*source.cells[1:], len(lines) + 1], strict=True):
        yield start, "\n".join(lines[start - 1 : end - 1])


def _order(statement: Statement) -> int:
    return statement.number


def _statement(number: int, node: ast.stmt, mutators: dict[str, set[int]], modules: set[str]) -> Statement:
    effects = _effects(node, mutators)
    return Statement(
        number,
        node,
        frozenset(effects.binds),
        frozenset(effects.changes - modules),
        frozenset(effects.rebinds),
        frozenset(names_read(node)),
    )


@dataclass
class _Effects:
    """What a statement does to names: binds them anew, changes them, or binds them over and over in a loop."""

    binds: set[str] = field(default_factory=set)
    changes: set[str] = field(default_factory=set)
    rebinds: set[str] = field(default_factory=set)


def _effects(node: ast.stmt, mutators: dict[str, set[int]]) -> _Effects:
    effects = _Effects({*_bound(node)}, {*_changed(node, mutators)})
    if not isinstance(node, COMPOUND):
        return effects
    inside = [(child, _effects(child, mutators)) for child in _inner(node)]
    for child, inner in inside:
        effects.changes |= inner.changes
        effects.rebinds |= inner.rebinds
        if isinstance(node, LOOPS):
            carried = inner.binds & names_read(child)
            effects.changes |= carried - effects.rebinds
            effects.rebinds |= inner.binds - carried
        elif isinstance(node, WITH):
            effects.binds |= inner.binds
        else:
            effects.changes |= inner.binds
    if isinstance(node, LOOPS):
        effects.rebinds |= effects.binds
        effects.binds = set()
    effects.changes -= effects.rebinds
    return effects


def _inner(node: ast.stmt) -> Iterator[ast.stmt]:
    """The statements directly inside another."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.stmt):
            yield child
        elif isinstance(child, (ast.ExceptHandler, ast.match_case)):
            yield from child.body


def _bound(node: ast.stmt) -> Iterator[str]:
    if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
        yield node.name
    elif isinstance(node, IMPORTS):
        yield from (alias.asname or alias.name.partition(".")[0] for alias in node.names)
    elif isinstance(node, (ast.Assign, ast.AnnAssign, ast.Expr, *COMPOUND)):
        for child in _own_parts(node):
            if isinstance(child, ast.Name) and isinstance(child.ctx, ast.Store):
                yield child.id


def _own_parts(node: ast.stmt) -> Iterator[ast.AST]:
    """A statement without the statements inside it, and without what comprehensions bind for themselves."""
    queue: list[ast.AST] = [node]
    while queue:
        current = queue.pop()
        yield current
        queue += [
            child for child in ast.iter_child_nodes(current) if not isinstance(child, (ast.stmt, ast.comprehension))
        ]


def _changed(node: ast.stmt, mutators: dict[str, set[int]]) -> Iterator[str]:
    targets: Iterable[ast.AST] = ()
    if isinstance(node, ast.AugAssign):
        targets = [node.target]
    elif isinstance(node, (ast.Assign, ast.Delete)):
        targets = [target for target in node.targets if not isinstance(target, ast.Name)]
    elif isinstance(node, ast.Expr) and isinstance(node.value, ast.Call):
        call = node.value
        targets = [call.func] if isinstance(call.func, ast.Attribute) and _in_place(call.func.attr) else []
        targets = [*targets, *(k.value for k in call.keywords if k.arg == "out")]
        if isinstance(call.func, ast.Name):
            places = mutators.get(call.func.id, set())
            targets = [*targets, *(argument for place, argument in enumerate(call.args) if place in places)]
    for target in targets:
        for part in target.elts if isinstance(target, (ast.Tuple, ast.List)) else [target]:
            base = _base(part)
            if base and not (isinstance(part, ast.Name) and isinstance(node, ast.Assign)):
                yield base


def _base(node: ast.AST) -> str:
    """The name at the bottom of `name.view(-1)[0]`."""
    while not isinstance(node, ast.Name):
        inner = getattr(node, "value", None) or getattr(node, "func", None)
        if not isinstance(inner, ast.AST):
            return ""
        node = inner
    return node.id


def _mutated(function: ast.FunctionDef) -> set[int]:
    """The places of the arguments that a function of the hand-in changes in place."""
    arguments = [argument.arg for argument in (*function.args.posonlyargs, *function.args.args)]
    inside = [node for node in nodes_of(function) if isinstance(node, ast.stmt) and node is not function]
    changed = {name for node in inside for name in _changed(node, {})}
    return {place for place, name in enumerate(arguments) if name in changed}


def _in_place(method: str) -> bool:
    return method.endswith("_") or method in OF_LISTS


@cache
def names_read(statement: ast.stmt) -> frozenset[str]:
    """The names a statement takes from outside: what it reads, less its own arguments and variables."""
    names = [node for node in nodes_of(statement) if isinstance(node, ast.Name)]
    read = {node.id for node in names if isinstance(node.ctx, ast.Load)}
    if isinstance(statement, ast.AugAssign) and isinstance(statement.target, ast.Name):
        read.add(statement.target.id)
    if isinstance(statement, (ast.FunctionDef, ast.AsyncFunctionDef)):
        read -= {node.arg for node in nodes_of(statement.args) if isinstance(node, ast.arg)}
        read -= {node.id for node in names if isinstance(node.ctx, ast.Store)}
    return frozenset(read)


@cache
def nodes_of(node: ast.AST) -> tuple[ast.AST, ...]:
    """The node and all below it, breadth first, as `ast.walk` gives them in three times the time; but no contexts,
    which every name has and nobody asks for."""
    found = [node]
    for each in found:
        for name in each._fields:
            if name != "ctx":
                value = getattr(each, name, None)
                if isinstance(value, list):
                    found += [one for one in value if isinstance(one, ast.AST)]
                elif isinstance(value, ast.AST):
                    found.append(value)
    return tuple(found)
