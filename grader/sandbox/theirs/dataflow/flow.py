"""What a statement needs from outside, and what it leaves bound: the names, in the order in which it runs.

A name is needed only if it may be read before the statement has surely bound it itself. `for k in rows: ix = X[k]`
needs no `ix` and no `k`, however often it reads them.
"""

import ast
import builtins
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cache

from grader.sandbox.theirs.dataflow.tree import below, kinds_in, walk

State = frozenset[str] | None
"""The names that are surely bound by now; None where the code is never reached."""

FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
BUILTINS = frozenset(dir(builtins))


@dataclass(frozen=True)
class Flow:
    """The names of one statement.

    `needs` may be read before they are bound, `perhaps` is the part of them that is bound on some way to every such
    place; `binds` are surely bound afterwards, `may_bind` are all it may bind.
    """

    needs: frozenset[str]
    perhaps: frozenset[str]
    binds: frozenset[str]
    may_bind: frozenset[str]


@cache
def flow(statement: ast.stmt) -> Flow:
    """The flow of names through one statement."""
    return flow_of([statement])


def flow_of(statements: Iterable[ast.stmt]) -> Flow:
    """The flow of names through statements that run one after the other."""
    walk = _Walk()
    state = walk.run(statements, frozenset())
    walk.settle()
    binds = frozenset() if state is None else state
    return Flow(frozenset(walk.needs), frozenset(walk.needs - walk.certainly), binds, frozenset(walk.may_bind) | binds)


class _Walk:
    """One walk through statements in the order they run."""

    def __init__(self, *, of_class: bool = False) -> None:
        self._of_class = of_class
        """What a class binds in its body is no name in its methods."""
        self.needs: set[str] = set()
        self.certainly: set[str] = set()
        """Needed at a place that no binding comes before."""
        self.may_bind: set[str] = set()
        self.later: set[str] = set()
        """Read by functions, whenever they are called."""
        self._loops: list[tuple[list[State], list[State]]] = []
        """For each loop around, the states at its breaks and continues."""

    def settle(self) -> None:
        """What functions read counts as needed, unless it is bound here."""
        self.needs |= self.later
        self.certainly |= self.later - self.may_bind

    def run(self, statements: Iterable[ast.stmt], state: State) -> State:
        for statement in statements:
            state = self._statement(statement, state)
        return state

    def _statement(self, node: ast.stmt, state: State) -> State:
        step: Callable[[ast.stmt, State], State] | None = getattr(self, f"_{type(node).__name__}", None)
        if step:
            return step(node, state)
        for child in below(node):
            state = self._expression(child, state)
        return state

    def _read(self, name: str, state: State) -> None:
        if state is not None and name not in state:
            self.needs.add(name)
            if name not in self.may_bind:
                self.certainly.add(name)

    def _bind(self, names: Iterable[str], state: State) -> State:
        names = frozenset(names)
        self.may_bind |= names
        return None if state is None else state | names

    # Statements

    def _Assign(self, node: ast.Assign, state: State) -> State:
        state = self._expression(node.value, state)
        for target in node.targets:
            state = self._target(target, state)
        return state

    def _AugAssign(self, node: ast.AugAssign, state: State) -> State:
        if isinstance(node.target, ast.Name):
            self._read(node.target.id, state)
        state = self._expression(node.value, state)
        return self._target(node.target, state)

    def _AnnAssign(self, node: ast.AnnAssign, state: State) -> State:
        state = self._expression(node.annotation, state)
        return state if node.value is None else self._target(node.target, self._expression(node.value, state))

    def _For(self, node: ast.For, state: State) -> State:
        state = self._expression(node.iter, state)
        return self._loop(node, state, lambda inside: self._target(node.target, inside), endless=False)

    _AsyncFor = _For

    def _While(self, node: ast.While, state: State) -> State:
        state = self._expression(node.test, state)
        endless = isinstance(node.test, ast.Constant) and bool(node.test.value)
        return self._loop(node, state, lambda inside: inside, endless=endless)

    def _loop(
        self, node: ast.For | ast.While, state: State, enter: Callable[[State], State], *, endless: bool
    ) -> State:
        self._loops.append(([], []))
        self.run(node.body, enter(state))
        breaks, _ = self._loops.pop()
        ended = None if endless else self.run(node.orelse, state)
        return _joined([ended, *breaks])

    def _Break(self, node: ast.stmt, state: State) -> State:
        if self._loops:
            self._loops[-1][0].append(state)
        return None

    def _Continue(self, node: ast.stmt, state: State) -> State:
        return None

    def _Return(self, node: ast.Return, state: State) -> State:
        self._expression(node.value, state)
        return None

    def _Raise(self, node: ast.Raise, state: State) -> State:
        self._expression(node.cause, self._expression(node.exc, state))
        return None

    def _If(self, node: ast.If, state: State) -> State:
        state = self._expression(node.test, state)
        if isinstance(node.test, ast.Constant):
            return self.run(node.body if node.test.value else node.orelse, state)
        return _joined([self.run(node.body, state), self.run(node.orelse, state)])

    def _With(self, node: ast.With, state: State) -> State:
        for item in node.items:
            state = self._expression(item.context_expr, state)
            state = self._target(item.optional_vars, state) if item.optional_vars else state
        done = self.run(node.body, state)
        return done if done is None or not any(_may_swallow(item) for item in node.items) else state

    _AsyncWith = _With

    def _Try(self, node: ast.Try, state: State) -> State:
        ends = [self.run(node.orelse, self.run(node.body, state))]
        for handler in node.handlers:
            caught = self._expression(handler.type, state)
            caught = self._bind([handler.name], caught) if handler.name else caught
            end = self.run(handler.body, caught)
            ends.append(end - {handler.name} if end is not None and handler.name else end)
        joined = _joined(ends)
        last = self.run(node.finalbody, state)
        return None if joined is None or last is None else joined | last

    _TryStar = _Try

    def _Match(self, node: ast.Match, state: State) -> State:
        state = self._expression(node.subject, state)
        ends: list[State] = []
        open_end = True
        for case in node.cases:
            inside = self._expression(case.guard, self._pattern(case.pattern, state))
            ends.append(self.run(case.body, inside))
            anything = isinstance(case.pattern, ast.MatchAs) and case.pattern.pattern is None
            open_end &= not (anything and case.guard is None)
        return _joined([*ends, *([state] if open_end else [])])

    def _pattern(self, pattern: ast.pattern, state: State) -> State:
        for node in walk(pattern):
            if isinstance(node, (ast.MatchAs, ast.MatchStar)) and node.name:
                state = self._bind([node.name], state)
            elif isinstance(node, ast.MatchMapping) and node.rest:
                state = self._bind([node.rest], state)
            elif isinstance(node, ast.expr):
                state = self._expression(node, state)
        return state

    def _Delete(self, node: ast.Delete, state: State) -> State:
        for target in node.targets:
            if isinstance(target, ast.Name):
                self._read(target.id, state)
                state = None if state is None else state - {target.id}
            else:
                state = self._target(target, state)
        return state

    def _Import(self, node: ast.Import | ast.ImportFrom, state: State) -> State:
        return self._bind((alias.asname or alias.name.partition(".")[0] for alias in node.names), state)

    _ImportFrom = _Import

    def _FunctionDef(self, node: ast.FunctionDef, state: State) -> State:
        for each in node.decorator_list:
            state = self._expression(each, state)
        state = self._signature(node.args, state)
        state = self._expression(node.returns, state)
        state = self._bind([node.name], state)
        self._keep_for_later(free_names(node), state)
        return state

    _AsyncFunctionDef = _FunctionDef

    def _ClassDef(self, node: ast.ClassDef, state: State) -> State:
        for each in (*node.decorator_list, *node.bases, *(keyword.value for keyword in node.keywords)):
            state = self._expression(each, state)
        inside = _Walk(of_class=True)
        inside.run(node.body, frozenset())
        if state is not None:
            self.needs |= inside.needs - state
            self.certainly |= inside.needs - state - self.may_bind
        state = self._bind([node.name], state)
        self._keep_for_later(inside.later, state)
        return state

    # Expressions

    def _expression(self, node: ast.AST | None, state: State) -> State:
        if node is None or isinstance(node, ast.expr_context):
            return state
        step: Callable[[ast.AST, State], State] | None = getattr(self, f"_{type(node).__name__}", None)
        if step:
            return step(node, state)
        for child in below(node):
            state = self._expression(child, state)
        return state

    def _Name(self, node: ast.Name, state: State) -> State:
        if isinstance(node.ctx, ast.Load):
            self._read(node.id, state)
            return state
        return self._bind([node.id], state)

    def _NamedExpr(self, node: ast.NamedExpr, state: State) -> State:
        return self._bind([node.target.id], self._expression(node.value, state))

    def _BoolOp(self, node: ast.BoolOp, state: State) -> State:
        first, *others = node.values
        state = inside = self._expression(first, state)
        for other in others:
            inside = self._expression(other, inside)
        return state

    def _Compare(self, node: ast.Compare, state: State) -> State:
        first, *others = node.comparators
        state = inside = self._expression(first, self._expression(node.left, state))
        for other in others:
            inside = self._expression(other, inside)
        return state

    def _IfExp(self, node: ast.IfExp, state: State) -> State:
        state = self._expression(node.test, state)
        return _joined([self._expression(node.body, state), self._expression(node.orelse, state)])

    def _Lambda(self, node: ast.Lambda, state: State) -> State:
        state = self._signature(node.args, state)
        self._keep_for_later(free_names(node), state)
        return state

    def _ListComp(self, node: ast.ListComp, state: State) -> State:
        first, *others = node.generators
        outside = self._expression(first.iter, state)
        own = frozenset(name for each in node.generators for name in _names_in(each.target))
        inside = None if outside is None else outside | frozenset(_names_in(first.target))
        may_bind, self.may_bind = self.may_bind, self.may_bind | own
        for test in first.ifs:
            inside = self._expression(test, inside)
        for each in others:
            inside = self._expression(each.iter, inside)
            inside = None if inside is None else inside | frozenset(_names_in(each.target))
            for test in each.ifs:
                inside = self._expression(test, inside)
        for part in ("key", "value", "elt"):
            inside = self._expression(getattr(node, part, None), inside)
        walrus = frozenset() if inside is None or outside is None else inside - own - outside
        self.may_bind = may_bind | walrus
        return outside

    _SetComp = _DictComp = _GeneratorExp = _ListComp

    def _target(self, node: ast.expr, state: State) -> State:
        """What is assigned to: a name is bound, anything else has a base that is read."""
        if isinstance(node, (ast.Tuple, ast.List)):
            for each in node.elts:
                state = self._target(each, state)
            return state
        if isinstance(node, ast.Starred):
            return self._target(node.value, state)
        if isinstance(node, ast.Name):
            return self._bind([node.id], state)
        for child in below(node):
            state = self._expression(child, state)
        return state

    def _signature(self, arguments: ast.arguments, state: State) -> State:
        for default in (*arguments.defaults, *arguments.kw_defaults):
            state = self._expression(default, state)
        for each in _arguments(arguments):
            state = self._expression(each.annotation, state)
        return state

    def _keep_for_later(self, names: Iterable[str], state: State) -> None:
        if state is not None:
            self.later |= frozenset(names) - (frozenset() if self._of_class else state)


def _may_swallow(item: ast.withitem) -> bool:
    """Whether a context may end what is in it early, and go on: one of the submission's own, or `suppress`."""
    function = item.context_expr.func if isinstance(item.context_expr, ast.Call) else item.context_expr
    name = function.id if isinstance(function, ast.Name) else getattr(function, "attr", "")
    return name == "suppress" or (isinstance(function, ast.Name) and name not in BUILTINS)


@cache
def free_names(function: ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda) -> frozenset[str]:
    """The names that the body of a function takes from outside, whenever it is called."""
    body = [ast.Expr(function.body)] if isinstance(function, ast.Lambda) else function.body
    declared = own_nodes(body) if kinds_in(function) & {ast.Global, ast.Nonlocal} else ()
    taken = [name for node in declared if isinstance(node, (ast.Global, ast.Nonlocal)) for name in node.names]
    inside = _Walk()
    inside.run(body, frozenset())
    inside.settle()
    own = {each.arg for each in _arguments(function.args)} | (inside.may_bind - set(taken))
    return frozenset((inside.needs | set(taken)) - own)


def own_nodes(body: Iterable[ast.AST]) -> Iterator[ast.AST]:
    """The nodes below, without those of functions and classes inside."""
    queue = list(body)
    while queue:
        node = queue.pop()
        yield node
        if not isinstance(node, (*FUNCTIONS, ast.Lambda, ast.ClassDef)):
            queue += below(node)


def _arguments(arguments: ast.arguments) -> list[ast.arg]:
    stars = [star for star in (arguments.vararg, arguments.kwarg) if star]
    return [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs, *stars]


def _names_in(target: ast.AST) -> Iterator[str]:
    return (node.id for node in walk(target) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store))


def _joined(states: Iterable[State]) -> State:
    """What is surely bound where several ways meet; ways that end elsewhere do not count."""
    reached = [state for state in states if state is not None]
    return frozenset.intersection(*reached) if reached else None
