"""The backward slice of a variable: the statements that make it what it is at the end of a scope, and nothing else.

A scope is a list of statements that run one after the other: a module, the body of a loop, of a function.
"""

import ast
import copy
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

from grader.sandbox.theirs.dataflow.flow import flow
from grader.sandbox.theirs.dataflow.sharing import Mutators
from grader.sandbox.theirs.dataflow.statement import WITH, Statement, statement
from grader.sandbox.theirs.dataflow.tree import walk

Outcome = Literal["value", "values", "update", "text"]
BLOCKS = (*WITH, ast.If, ast.Try, ast.For, ast.While)
ARRANGEMENTS = frozenset("no_grad enable_grad inference_mode set_grad_enabled set_detect_anomaly".split())
"""What `with torch.…():` may be put around each statement by itself."""


@dataclass(frozen=True)
class Facts:
    """What holds for a whole source.

    `stages` are the variables that are stages: what changes one of them through another belongs to the other.
    """

    mutators: Mutators
    modules: frozenset[str]
    stages: frozenset[str]


@dataclass(frozen=True, eq=False)
class Scope:
    """Statements that run one after the other, and where in another scope they stand."""

    statements: Sequence[Statement]
    parent: "Scope | None" = None
    place: int = 0
    """In the parent: what stands there before this number has run before."""

    @property
    def depth(self) -> int:
        return 0 if self.parent is None else self.parent.depth + 1


@dataclass(frozen=True)
class Slice:
    """The statements that make something, in order; `main` are those that bind or change the variables themselves."""

    variables: tuple[str, ...]
    statements: tuple[Statement, ...]
    main: tuple[Statement, ...]
    given: tuple[str, ...]
    """The names it takes from outside, as the assignment has them."""
    own_names: Mapping[str, str]
    """What the submission calls some of them."""
    outcome: Outcome = "value"


@dataclass(frozen=True)
class Offered:
    """What there is by name, each with the assignment's name for it.

    What is `firm` is given whatever the submission binds by that name; what is `loose` only where the part of it
    that is looked at, from statement `start` of its module on, binds nothing by that name.
    """

    firm: Mapping[str, str]
    loose: Mapping[str, str]
    start: int = 0
    made: Mapping[str, Statement] = field(default_factory=dict)
    """What is given in another form, and the statement that makes it."""


def scope_of(nodes: Sequence[ast.stmt], facts: Facts, parent: Scope | None = None, place: int = 0) -> Scope:
    """The scope of some statements."""
    made = [
        statement(number, node, facts.mutators, facts.modules)
        for number, node in enumerate(_apart(nodes, facts.stages))
    ]
    shared = _shared_before(parent, place)
    return Scope(_with_shared_changes(made, facts.stages, shared), parent, place)


def rewritten(scope: Scope, rewrite: Callable[[Statement], ast.stmt], facts: Facts) -> Scope:
    """A scope in which some statements are written in another way."""
    made = []
    for each in scope.statements:
        node = rewrite(each)
        same = node is each.node
        made.append(each if same else statement(each.number, node, facts.mutators, facts.modules))
    if made == list(scope.statements):
        return scope
    return Scope(_with_shared_changes(made, facts.stages, {}), scope.parent, scope.place)


def last_binding(
    statements: Iterable[Statement], names: Collection[str], stages: Collection[str] = frozenset()
) -> list[Statement]:
    """The last statement that binds one of the names to something, and those after it that change it.

    A loop that binds it over and over is no change: it may train, with lines of its own. But where nothing else fills
    what was made for it, the loop does.

    Args:
        statements: in order.
        names: of one thing.
        stages: other variables: a statement that binds one of these is that one's.
    """
    names, others = set(names), set(stages) - set(names)
    bound = [s for s in statements if s.binds & names and not s.is_nothing]
    start = bound[-1].number if bound else -1
    after = [s for s in statements if s.number > start]
    changing = [s for s in after if s.changes & names and not s.binds & others]
    if bound and not changing and bound[-1].is_placeholder:
        changing = [s for s in after if s.rebinds & names][:1]
    return [*bound[-1:], *changing]


def trace(
    scope: Scope, variables: Sequence[str], main: Sequence[Statement], offered: Offered, outcome: Outcome = "value"
) -> Slice:
    """What the main statements need, and what that needs in turn, as far as it is not given."""
    needed = {(scope.depth, statement) for statement in main}
    given: dict[str, str] = {}
    queue = [(statement, scope, statement.number) for statement in main]
    seen = {statement for statement in main}
    while queue:
        current, where, before = queue.pop()
        for name in sorted(current.reads):
            if maker := offered.made.get(name):
                if maker not in seen:
                    seen.add(maker)
                    needed.add((-1, maker))
                    queue.append((maker, scope, 0))
                continue
            if name in offered.firm:
                given[name] = offered.firm[name]
                continue
            found = list(_own(name, where, before, offered.start)) if name in offered.loose else []
            if not found and name in offered.loose:
                given[name] = offered.loose[name]
                continue
            for each, inside, place in found or _definitions(name, where, before, name in current.perhaps):
                if each not in seen:
                    seen.add(each)
                    needed.add((inside.depth, each))
                    queue.append((each, inside, place if each.is_definition else each.number))
    ordered = sorted(needed, key=lambda each: (each[0], each[1].number))
    return Slice(
        tuple(variables),
        tuple(each for _, each in ordered),
        tuple(main),
        tuple(sorted(set(given.values()))),
        {own: name for own, name in given.items() if own != name},
        outcome,
    )


Places = Iterator[tuple[Statement, Scope, int]]
"""Statements, each with its scope, and the number there before which it looks for names itself."""


def _own(name: str, scope: Scope, before: int, start: int) -> Places:
    """The statements of the part that is looked at that made a name what it is at a place."""
    where: Scope | None = scope
    while where is not None:
        first = 0 if where.parent else start
        if found := last_binding([s for s in where.statements if first <= s.number < before], {name}):
            yield from ((each, where, before) for each in found)
            return
        before, where = where.place, where.parent


def _definitions(name: str, scope: Scope, before: int, perhaps: bool) -> Places:
    """The statements that made a name what it is at a place. Cells that were run out of order are the last resort, and
    none for a name that the statement may have bound itself."""
    where: Scope = scope
    while True:
        earlier = [s for s in where.statements if s.number < before]
        if found := last_binding(earlier, {name}) or [s for s in earlier if name in s.rebinds][-1:]:
            yield from ((each, where, before) for each in found)
            return
        if where.parent is None:
            break
        before, where = where.place, where.parent
    if not perhaps:
        yield from ((each, where, before) for each in last_binding(where.statements, {name}) if name in each.binds)


def _apart(nodes: Iterable[ast.stmt], stages: Collection[str]) -> Iterator[ast.stmt]:
    """The statements, with what stands in a block taken one by one, where the block only says how or whether it is
    run: `with torch.no_grad():`, a plain condition, and any in which several stages are made."""
    for node in nodes:
        yield from _one_by_one(node, stages)


def _one_by_one(node: ast.stmt, stages: Collection[str]) -> Iterable[ast.stmt]:
    several = isinstance(node, BLOCKS) and len(flow(node).may_bind & set(stages)) > 1
    if isinstance(node, WITH) and (several or all(_is_arrangement(item) for item in node.items)):
        return [_around(node, inner) for inner in _apart(node.body, stages)]
    if isinstance(node, ast.If) and (several or not node.orelse) and _is_plain(node, may_call=several):
        return [*_where(node, node.test, node.body, stages), *_where(node, _not(node.test), node.orelse, stages)]
    if isinstance(node, ast.Try) and several:
        tried = _apart(node.body, stages)
        guarded = [_around(node, inner, orelse=[], finalbody=[]) for inner in tried] if node.handlers else [*tried]
        return [*guarded, *_apart(node.orelse, stages), *_apart(node.finalbody, stages)]
    if isinstance(node, (ast.For, ast.While)) and several and (once := _run_once(node)):
        return [*_apart(once, stages)]
    return [node]


def _run_once(node: ast.For | ast.While) -> list[ast.stmt]:
    """What a loop does whose body runs a single time; nothing of any other."""
    leaves = [each for each in walk(node) if isinstance(each, (ast.Break, ast.Continue))]
    if isinstance(node, ast.While):
        is_endless = isinstance(node.test, ast.Constant) and bool(node.test.value)
        return node.body[:-1] if is_endless and leaves == [node.body[-1]] else []
    first = node.iter.elts[0] if isinstance(node.iter, (ast.List, ast.Tuple)) and len(node.iter.elts) == 1 else None
    match node.iter:
        case ast.Call(func=ast.Name(id="range"), args=[ast.Constant(value=1)], keywords=[]):
            first = ast.Constant(0)
    if first is None or leaves or isinstance(first, ast.Starred):
        return []
    bound = ast.fix_missing_locations(ast.copy_location(ast.Assign([node.target], first), node))
    return [bound, *node.body, *node.orelse]


def _where(node: ast.If, test: ast.expr, body: Iterable[ast.stmt], stages: Collection[str]) -> Iterator[ast.stmt]:
    """The statements of one side of a condition, each with it; without it, where it is always so."""
    always = isinstance(test, ast.Constant) and test.value
    for inner in _apart(body, stages):
        yield inner if always else _around(node, inner, test=test, orelse=[])


def _not(test: ast.expr) -> ast.expr:
    opposite = ast.Constant(not test.value) if isinstance(test, ast.Constant) else ast.UnaryOp(ast.Not(), test)
    return ast.copy_location(opposite, test)


def _around(outer: ast.stmt, inner: ast.stmt, **others: object) -> ast.stmt:
    """A block around one of its statements alone, and in other things as said."""
    alone = copy.copy(outer)
    for name, value in others.items():
        setattr(alone, name, value)
    alone.body = [inner]  # type: ignore[attr-defined]
    alone.lineno, alone.end_lineno = inner.lineno, inner.end_lineno
    return alone


def _is_arrangement(item: ast.withitem) -> bool:
    call = item.context_expr
    function = call.func if isinstance(call, ast.Call) else None
    return item.optional_vars is None and isinstance(function, ast.Attribute) and function.attr in ARRANGEMENTS


def _is_plain(node: ast.If, *, may_call: bool) -> bool:
    """Whether a condition is the same before each of its statements: it calls nothing, unless it may, and they bind
    none of it."""
    barred = (ast.NamedExpr, ast.Await) if may_call else (ast.Call, ast.NamedExpr, ast.Await)
    if any(isinstance(each, barred) for each in walk(node.test)):
        return False
    read = {each.id for each in walk(node.test) if isinstance(each, ast.Name)}
    return all(not flow(inner).may_bind & read for inner in (*node.body, *node.orelse))


def _with_shared_changes(
    statements: Sequence[Statement], stages: Collection[str], shared: dict[str, set[str]]
) -> list[Statement]:
    """The statements, with what they change through a name that shares its numbers with another."""
    result = []
    for each in statements:
        changes = _reached(each.changes, shared, stages) - each.binds - each.rebinds
        result.append(each if changes == each.changes else replace(each, changes=frozenset(changes)))
        _note(each, shared)
    return result


def _shared_before(scope: Scope | None, place: int) -> dict[str, set[str]]:
    """Which names share their numbers at a place, and in the scopes around it."""
    if scope is None:
        return {}
    shared = _shared_before(scope.parent, scope.place)
    for each in scope.statements:
        if each.number < place:
            _note(each, shared)
    return shared


def _note(statement: Statement, shared: dict[str, set[str]]) -> None:
    """What a statement binds has no other's numbers any more, but those it says."""
    for name in statement.binds:
        _part_from(name, shared)
    for name, others in statement.shares.items():
        if name not in statement.rebinds:
            for other in others:
                shared.setdefault(name, set()).add(other)
                shared.setdefault(other, set()).add(name)


def _reached(names: Iterable[str], shared: Mapping[str, set[str]], stages: Collection[str]) -> set[str]:
    """The names and all that share their numbers; what is done to a stage's variable stays its own affair."""
    reached, queue = set(names), list(names)
    while queue:
        name = queue.pop()
        if name not in stages:
            more = shared.get(name, set()) - reached
            reached |= more
            queue += more
    return reached


def _part_from(name: str, shared: dict[str, set[str]]) -> None:
    for other in shared.pop(name, ()):
        shared[other].discard(name)
