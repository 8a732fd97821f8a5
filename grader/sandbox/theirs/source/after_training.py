"""What follows training in a submission without functions for it: calibration, and the loss of a split.

Each is a slice of the statements after the training loop, or of a function that the submission has for it. Names that
these statements bind are theirs; any other is given.
"""

import ast
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from grader.sandbox.border.messages import WantedTask
from grader.sandbox.theirs.dataflow.equalities import assignments
from grader.sandbox.theirs.dataflow.flow import FUNCTIONS
from grader.sandbox.theirs.dataflow.inner_scopes import (
    Function,
    first_call,
    gives,
    numbered,
    of_first_turn,
    of_function,
    unwrapped,
)
from grader.sandbox.theirs.dataflow.slices import Offered, Scope, Slice, last_binding, scope_of, trace
from grader.sandbox.theirs.dataflow.statement import Statement, statement
from grader.sandbox.theirs.dataflow.tree import of_kind
from grader.sandbox.theirs.source.training import TrainingLoop

VALUE = "__value__"
"""What a value is bound to that the submission only returns or prints."""
Made = tuple[str, list[Statement]]
"""A variable, and the statements that make it."""


@dataclass(frozen=True)
class AfterTraining:
    """The statements after the training loop of one source."""

    loop: TrainingLoop

    def slices(self) -> dict[str, Slice]:
        """By the name of the task."""
        cuts = {task.name: self._values(task) for task in self.loop.training.tasks if task.kind == "values"}
        return {name: cut for name, cut in cuts.items() if cut}

    @cached_property
    def statements(self) -> list[Statement]:
        """The statements after training."""
        start = self.loop.after
        return [] if start is None else [s for s in self.loop.quiet.statements if s.number >= start]

    def offered(self, task: WantedTask, firm: Mapping[str, str] | None = None) -> Offered:
        """What a task may read: what is firm, and what it may ask for where the submission has nothing of its own."""
        return Offered(firm or {}, self.loop.by_own_name(task.offered), self.loop.after or 0)

    def functions(self, task: WantedTask) -> Iterator[Statement]:
        """The functions that people make a task's value in: by their names, then by what they call; the last first."""
        made = [s for s in reversed(self.loop.module.statements) if isinstance(s.node, FUNCTIONS)]
        named = [s for s in made if not s.binds.isdisjoint((task.name, *task.functions))]
        methods = {*task.methods.values()} - {""}
        yield from (*named, *(s for s in made if s not in named and _calls_one_of(s.node, methods)))

    def known_by_now(self, task: WantedTask) -> dict[str, str]:
        """What other tasks have made of it, by the submission's names."""
        names: dict[str, str] = {}
        for other in self.loop.training.tasks:
            if other.name == task.name or other.kind != "values":
                continue
            if other.name in self._calibrated:
                made = [name for name, _ in self._calibrated[other.name]]
                names |= dict(zip(made, other.returns, strict=True))
            else:
                own = ((name, value) for value, each in other.variables.items() for name in each)
                names |= {name: value for name, value in own if name not in self.loop.wanted.known}
        return {name: value for name, value in names.items() if value in task.offered}

    def body(self, function: Function, scope: Scope, number: int) -> Scope:
        """The body of a function; one at top level is called at the end of the module."""
        everything = self.loop.module.statements
        place = len(everything) if scope is self.loop.quiet else number
        return of_function(function, self.loop.facts, scope, place, everything)

    def call(self, s: Statement) -> tuple[ast.expr, Statement]:
        """A call of a function as it is called first, and a statement to tell it by at the end of the module."""
        assert isinstance(s.node, FUNCTIONS)
        everything = self.loop.module.statements
        return first_call(s.node, everything), numbered(s, len(everything))

    def bound(self, value: ast.expr, last: Statement) -> Statement:
        """A statement that binds a value, in the place of the one it comes from."""
        node = ast.copy_location(ast.Assign([ast.Name(VALUE, ast.Store())], value), last.node)
        facts = self.loop.facts
        return statement(last.number, ast.fix_missing_locations(node), facts.mutators, facts.modules)

    def _values(self, task: WantedTask) -> Slice | None:
        if len(task.returns) == 1:
            return self._of_split(task)
        made = self._calibrated.get(task.name)
        if made is None:
            return None
        main = sorted({s for _, each in made for s in each}, key=lambda s: s.number)
        return trace(self.loop.quiet, [name for name, _ in made], main, self.offered(task), "values")

    @cached_property
    def _calibrated(self) -> dict[str, list[Made]]:
        """For tasks that return several values, the variables that have them after training."""
        found = {}
        for task in self.loop.training.tasks:
            if task.kind == "values" and len(task.returns) > 1:
                made = [self._variable(task, name, self.statements) for name in task.returns]
                if not all(main for _, main in made):
                    made = [(name, last_binding(self.statements, {name})) for name in self._by_method(task)]
                if made and all(main for _, main in made):
                    found[task.name] = made
        return found

    def _by_method(self, task: WantedTask) -> list[str]:
        """The variables made of one thing by the methods of the assignment's script: its mean, its variance."""
        wanted = [task.methods.get(value, "") for value in task.returns]
        made: dict[str, dict[str, str]] = {}
        for s in self.statements:
            for name, value in assignments(unwrapped(s.node)):
                if isinstance(value, ast.Call) and isinstance(value.func, ast.Attribute) and value.func.attr in wanted:
                    made.setdefault(ast.dump(value.func.value), {})[value.func.attr] = name
        complete = [names for names in made.values() if len(names) == len(set(wanted))]
        return [complete[-1][method] for method in wanted] if complete else []

    def _variable(self, task: WantedTask, value: str, statements: Sequence[Statement]) -> Made:
        """What has a value, by a name for it."""
        for name in (value, *task.variables.get(value, ())):
            if main := last_binding(statements, {name}):
                return name, main
        return value, []

    def _of_split(self, task: WantedTask) -> Slice | None:
        """A value of a part of the data: made in a function that is given the part, or after training."""
        if not self.statements and not any(True for _ in self.functions(task)):
            return None
        (inputs, outputs), *others = self.loop.training.splits
        pairs = dict.fromkeys([pair for pair in (*others, *self.loop.data) if pair != (inputs, outputs)])
        offered = replace(
            self.offered(task, self.known_by_now(task)), made=self._parts_of(inputs, outputs, list(pairs))
        )
        named = replace(offered, firm={**offered.firm, inputs: inputs, outputs: outputs})
        for each in (offered, named):
            for cut in (*self._in_functions(task, each), *self._after_training(task, each)):
                if inputs in cut.given:
                    return cut
        return None

    def _parts_of(self, inputs: str, outputs: str, pairs: Sequence[tuple[str, str]]) -> dict[str, Statement]:
        """Each part of the data is the rows that are given in an order of its own: the inputs of one do not go with the
        outputs of another, and the loss of each is that of all."""
        texts = {}
        for turn, (own_inputs, own_outputs) in enumerate(pairs):
            texts[own_inputs] = f"{own_inputs} = {inputs}.roll({turn}, 0)"
            texts[own_outputs] = f"{own_outputs} = {outputs}.roll({turn}, 0)"
        made = scope_of([ast.parse(text).body[0] for text in texts.values()], self.loop.facts).statements
        return {name: s for name, s in zip(texts, made, strict=True) if name not in (inputs, outputs)}

    def _in_functions(self, task: WantedTask, offered: Offered) -> Iterator[Slice]:
        """What a function gives; of one that gives nothing, what its variable is at its end."""
        (value,) = task.returns
        for s in self.functions(task):
            assert isinstance(s.node, FUNCTIONS)
            if gives(s.node):
                yield trace(self.loop.quiet, (VALUE,), [self.bound(*self.call(s))], offered)
                continue
            scope = self.body(s.node, self.loop.quiet, s.number)
            name, main = self._variable(task, value, scope.statements)
            if main:
                yield trace(scope, (name,), main, offered)
            elif printed := _printed(scope):
                yield trace(scope, (VALUE,), [self.bound(*printed)], offered)

    def _after_training(self, task: WantedTask, offered: Offered) -> Iterator[Slice]:
        """What the variable is after training: at its last binding, and at those before."""
        (value,) = task.returns
        for place in range(len(self.statements), 0, -1):
            last = self.statements[place - 1]
            if isinstance(loop := unwrapped(last.node), ast.For):
                yield from self._in_loop(loop, last.number, task, offered)
            elif not last.binds.isdisjoint((value, *task.variables.get(value, ()))):
                name, main = self._variable(task, value, self.statements[:place])
                yield trace(self.loop.quiet, (name,), main, offered)
            elif (
                len(last.binds) == 1 and not last.is_definition and _calls_one_of(last.node, {task.methods.get(value)})
            ):
                yield trace(self.loop.quiet, tuple(last.binds), [last], offered)

    def _in_loop(self, loop: ast.For, number: int, task: WantedTask, offered: Offered) -> Iterator[Slice]:
        """What a loop over the parts of the data makes of the first of them."""
        (value,) = task.returns
        if not _calls_one_of(loop, {task.methods.get(value)}):
            return
        scope = of_first_turn(loop, self.loop.facts, self.loop.quiet, number)
        name, main = self._variable(task, value, scope.statements)
        if main:
            yield trace(scope, (name,), main, offered)
        elif printed := _printed(scope):
            yield trace(scope, (VALUE,), [self.bound(*printed)], offered)


def _calls_one_of(node: ast.AST, methods: Collection[str | None]) -> bool:
    """Whether one of these methods, or functions of a library, is called in it."""
    functions = (call.func for call in of_kind(node, ast.Call))
    return any(isinstance(function, ast.Attribute) and function.attr in methods for function in functions)


def _printed(scope: Scope) -> tuple[ast.expr, Statement] | None:
    """What a scope prints at its end."""
    for s in reversed(scope.statements):
        node = unwrapped(s.node)
        call = node.value if isinstance(node, ast.Expr) and isinstance(node.value, ast.Call) else None
        if call and call.args and isinstance(call.func, ast.Name) and call.func.id == "print":
            return call.args[-1], s
    return None
