"""How many operations of torch a stage runs at least before there is a value of it, by its source.

What runs on every way to a `return` is counted. Of two branches the shorter one counts, and what may run never or may
be left halfway counts nothing: loops, `try`, what is decorated. When in doubt, it counts less.
"""

import ast
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from grader.sandbox.theirs.dataflow.flow import FUNCTIONS
from grader.sandbox.theirs.dataflow.slices import Slice
from grader.sandbox.theirs.dataflow.tree import kinds_in, nodes_of
from grader.sandbox.theirs.source.operations import NOTHING, Expressions, Kind, Value
from grader.sandbox.theirs.source.scopes import Names, arguments_of, bound_by, function_scope

QUIET = frozenset("torch.no_grad torch.enable_grad torch.inference_mode torch.set_grad_enabled".split())
"""Contexts that swallow no exception."""
NO_PLAIN_FUNCTION = frozenset({ast.Yield, ast.YieldFrom, ast.Await, ast.Global, ast.Nonlocal})
DEPTH, STEPS, CAP = 4, 5_000, 100
"""How deep calls are followed, how many statements in all, and more than this many operations are not asked for."""


@dataclass
class Way:
    """The fewest operations up to the end of some statements, and up to a `return` in them; None for no such way."""

    through: int | None
    returned: int | None = None
    kinds: list[Kind | None] = field(default_factory=list)
    """What is returned, wherever that is."""


class Least:
    """Counts the operations of functions and slices of one file."""

    def __init__(self, module: Names) -> None:
        self._module = module
        self._steps = self._depth = 0

    def of_function(self, name: str, given: Mapping[str, Kind]) -> int:
        """The fewest operations of a function at top level that is given these by name."""
        self._steps = 0
        function = self._function(name)
        if function is None:
            return 0
        return self._sound(self._run(function, _kinds_by_name(function, given))[0])

    def of_slice(self, cut: Slice, given: Mapping[str, Kind]) -> int:
        """The fewest operations of the lines that make a variable itself; others may fail, and nobody asks."""
        self._steps, total = 0, 0
        if cut.outcome != "value":
            return 0
        taken = {name: given[name] for name in cut.given if name in given}
        kinds = {**taken, **{own: given[other] for own, other in cut.own_names.items() if other in taken}}
        nodes = [statement.node for statement in cut.statements]
        reader = Statements(self, Expressions(self._module, frozenset(), kinds, self.called), nodes)
        for statement in cut.statements:
            if statement in cut.main:
                total += reader.statement(statement.node).through or 0
            else:
                reader.forget(statement.binds | statement.changes | statement.rebinds)
        return self._sound(total)

    def called(self, name: str, kinds: Sequence[Kind | None]) -> Value:
        """What a call of a function of the file runs, and what it gives."""
        function = self._function(name)
        if function is None or self._depth == DEPTH:
            return NOTHING
        names = [argument.arg for argument in (*function.args.posonlyargs, *function.args.args)]
        self._depth += 1
        try:
            return self._run(function, {n: kind for n, kind in zip(names, kinds, strict=False) if kind})
        finally:
            self._depth -= 1

    def _function(self, name: str) -> ast.FunctionDef | None:
        """The function that a name surely means."""
        match self._module.bound.get(name):
            case [ast.FunctionDef(decorator_list=[]) as function]:
                return function if NO_PLAIN_FUNCTION.isdisjoint(kinds_in(function)) else None
        return None

    def _run(self, function: ast.FunctionDef, kinds: dict[str, Kind]) -> Value:
        local = frozenset(function_scope(function).bound)
        reader = Statements(self, Expressions(self._module, local, kinds, self.called), [function])
        way = reader.block(function.body)
        ends = [count for count in (way.through, way.returned) if count is not None]
        kinds_returned = {*way.kinds} if way.through is None else {None}
        return min(ends, default=0), kinds_returned.pop() if len(kinds_returned) == 1 else None

    def step(self) -> None:
        """Another statement is read."""
        self._steps += 1

    @property
    def is_over(self) -> bool:
        """Too many were read: what comes counts nothing."""
        return self._steps > STEPS

    def _sound(self, count: int) -> int:
        return min(count, CAP)


def _kinds_by_name(function: ast.FunctionDef, given: Mapping[str, Kind]) -> dict[str, Kind]:
    """What the arguments of a function surely are: what is given, else a number by default."""
    arguments = function.args
    positional = [*arguments.posonlyargs, *arguments.args]
    defaults = [*zip(reversed(positional), reversed(arguments.defaults), strict=False)]
    defaults += [(a, d) for a, d in zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True) if d]
    numbers: dict[str, Kind] = {
        argument.arg: "number"
        for argument, default in defaults
        if isinstance(default, ast.Constant) and type(default.value) in (int, float)
    }
    names = {argument.arg for argument in arguments_of(arguments)}
    stars = {star.arg for star in (arguments.vararg, arguments.kwarg) if star}
    return {name: kind for name, kind in {**numbers, **given}.items() if name in names - stars}


class Statements:
    """Statements of one scope, one after the other."""

    def __init__(self, least: Least, expressions: Expressions, nodes: Sequence[ast.stmt]) -> None:
        self._least, self._expressions = least, expressions
        binding = [node for node in nodes if ast.NamedExpr in kinds_in(node)]
        on_the_way = (each for node in binding for each in nodes_of(node) if isinstance(each, ast.NamedExpr))
        self._never_known = {each.target.id for each in on_the_way}
        self.forget(self._never_known)

    @property
    def _kinds(self) -> dict[str, Kind]:
        return self._expressions.kinds

    def block(self, statements: Iterable[ast.stmt]) -> Way:
        """Statements one after the other."""
        whole = Way(0)
        for statement in statements:
            step = self.statement(statement)
            assert whole.through is not None
            whole.kinds += step.kinds
            if step.returned is not None:
                whole.returned = _fewer(whole.returned, whole.through + step.returned)
            if step.through is None:
                return Way(None, whole.returned, whole.kinds)
            whole.through += step.through
        return whole

    def statement(self, node: ast.stmt) -> Way:
        """One statement, and what the names are after it."""
        self._least.step()
        if self._least.is_over:
            return self._perhaps(node)
        match node:
            case ast.Return():
                count, kind = self._value(node.value)
                return Way(None, count, [kind])
            case ast.Raise() | ast.Break() | ast.Continue():
                return Way(None)
            case ast.Expr() | ast.Assert():
                return Way(self._value(node.value if isinstance(node, ast.Expr) else node.test)[0])
            case ast.Assign():
                return Way(self._assigned(node.targets, node.value))
            case ast.AnnAssign():
                return Way(self._assigned([node.target], node.value) if node.value else 0)
            case ast.AugAssign():
                return Way(self._changed(node))
            case ast.If():
                return self._branches(node)
            case ast.For():
                return self._loop(node, self._value(node.iter)[0])
            case ast.While():
                return self._loop(node, self._value(node.test)[0])
            case ast.With() if all(self._is_quiet(item) for item in node.items):
                return self.block(node.body)
        return self._perhaps(node)

    def forget(self, names: Iterable[str]) -> None:
        """What has these names may now be anything."""
        for name in names:
            self._kinds.pop(name, None)

    def _value(self, node: ast.expr | None) -> Value:
        return self._expressions.value(node)

    def _assigned(self, targets: Sequence[ast.expr], value: ast.expr) -> int:
        count, kind = self._value(value)
        self.forget(name for target in targets for each in nodes_of(target) for name in bound_by(each))
        for target in targets:
            if isinstance(target, ast.Name) and kind and target.id not in self._never_known:
                self._kinds[target.id] = kind
            elif isinstance(target, ast.Tuple) and kind == "shape":
                names = [each.id for each in target.elts if isinstance(each, ast.Name)]
                self._kinds.update({name: "number" for name in names if name not in self._never_known})
        return count

    def _changed(self, node: ast.AugAssign) -> int:
        target = node.target
        count, kind = self._value(node.value)
        before = self._expressions.value(ast.Name(target.id) if isinstance(target, ast.Name) else target)[1]
        if isinstance(target, ast.Name):
            after = self._expressions.result(node.op, before, kind)
            self.forget([target.id])
            if after and target.id not in self._never_known:
                self._kinds[target.id] = after
        return count + self._expressions.operation(node.op, before, kind)

    def _branches(self, node: ast.If) -> Way:
        test, _ = self._value(node.test)
        before = dict(self._kinds)
        first = self.block(node.body)
        after = dict(self._kinds)
        self._become(before)
        second = self.block(node.orelse)
        if second.through is None:
            self._become(after)
        elif first.through is not None:
            self._become({name: kind for name, kind in after.items() if self._kinds.get(name) == kind})
        through = _fewer(first.through, second.through)
        returned = _fewer(first.returned, second.returned)
        return Way(
            None if through is None else test + through,
            None if returned is None else test + returned,
            first.kinds + second.kinds,
        )

    def _loop(self, node: ast.For | ast.While, count: int) -> Way:
        """It may run not at all, or return in its first round."""
        self.forget(_names_bound(node))
        before = dict(self._kinds)
        rounds = self.block(node.body)
        self._become(before)
        end = self.block(node.orelse)
        self._become({name: kind for name, kind in before.items() if self._kinds.get(name) == kind})
        returned = _fewer(rounds.returned, end.returned)
        return Way(count, None if returned is None else count + returned, rounds.kinds + end.kinds)

    def _become(self, kinds: dict[str, Kind]) -> None:
        self._kinds.clear()
        self._kinds.update(kinds)

    def _is_quiet(self, item: ast.withitem) -> bool:
        call = item.context_expr
        if item.optional_vars or not isinstance(call, ast.Call):
            return False
        return self._expressions.full_name(call.func) in QUIET

    def _perhaps(self, node: ast.stmt) -> Way:
        """Something that may be left anywhere."""
        self.forget(_names_bound(node))
        returns = not isinstance(node, (*FUNCTIONS, ast.ClassDef)) and any(
            isinstance(each, ast.Return) for each in nodes_of(node)
        )
        return Way(0, 0 if returns else None, [None] if returns else [])


def _names_bound(node: ast.stmt) -> set[str]:
    if isinstance(node, (*FUNCTIONS, ast.ClassDef)):
        return {node.name}
    return {name for each in nodes_of(node) for name in bound_by(each)}


def _fewer(one: int | None, other: int | None) -> int | None:
    return other if one is None else one if other is None else min(one, other)
