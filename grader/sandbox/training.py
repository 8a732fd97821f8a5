"""The training loop as people write it, with the gradients and the update in it.

What gives the gradients is a slice of the loop's body, and so is what changes the parameters.
"""

import ast
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from grader.sandbox.equalities import Equalities, equalities
from grader.sandbox.flow import FUNCTIONS
from grader.sandbox.inner_scopes import FEWEST, of_function, of_loop, unwrapped
from grader.sandbox.messages import STEP, Wanted, WantedTraining
from grader.sandbox.slices import Facts, Offered, Scope, Slice, last_binding, trace
from grader.sandbox.statement import LOOPS, Statement

MADE_ANEW = ("randn", "zeros", "ones")
Nested = Iterator[tuple[Scope, int]]
"""Scopes inside others, each with the number of the statement of the module in which it is."""


@dataclass(frozen=True)
class TrainingLoop:
    """The training loop of one source, if it has one."""

    module: Scope
    quiet: Scope
    """The module without what trains."""
    exercises: Sequence[int]
    wanted: Wanted
    module_equalities: Equalities
    facts: Facts

    @property
    def training(self) -> WantedTraining:
        """What is looked for."""
        assert self.wanted.training
        return self.wanted.training

    def slices(self) -> dict[str, Slice]:
        """What gives the gradients, and the update, by the name of what is asked for."""
        if self._loop is None:
            return {}
        scope, _ = self._loop
        made = {self.training.function: self._gradients(scope)}
        for task in self.training.tasks:
            if task.kind == "run" and (cut := self._update(scope)):
                made[task.name] = cut
        return made

    @cached_property
    def _loop(self) -> tuple[Scope, int] | None:
        """The scope in which most of the gradients are bound, and where in the module it is: the last of the best."""
        names = self._own_gradients.keys()
        best: tuple[Scope, int] | None = None
        most = (0, False)
        for scope, place in self._inside(self.module, None):
            if not self._may_train(scope, place):
                continue
            bound = {name for s in scope.statements if not s.is_nothing for name in s.binds & names}
            rank = (len(bound), self.exercises[place] == self.training.exercise)
            if len(bound) >= FEWEST and rank >= most:
                best, most = (scope, place), rank
        return best or self._headed

    def _may_train(self, scope: Scope, place: int) -> bool:
        """Whether a scope is not one in which gradients are only worked out: a function of another exercise."""
        changed = {name for s in scope.statements for name in s.binds | s.changes}
        of_loop = not self.module.statements[place].is_definition
        return of_loop or self.exercises[place] == self.training.exercise or bool(changed & {*self.training.gradients})

    @property
    def _headed(self) -> tuple[Scope, int] | None:
        """The module itself, if gradients are bound under the exercise's heading."""
        part = [s for s in self.module.statements if self.exercises[s.number] == self.training.exercise]
        bound = [s for s in part if s.binds & self._own_gradients.keys() and not s.is_nothing]
        if len(bound) < FEWEST:
            return None
        first = part[0].number
        return Scope([s for s in self.quiet.statements if s.number >= first], self.quiet, first), bound[-1].number

    @cached_property
    def _own_gradients(self) -> dict[str, str]:
        """The variables that are gradients of parameters, each with the parameter."""
        found = {gradient: tensor for tensor, gradient in self.training.gradients.items()}
        for own, tensor in self.module_equalities.renamed.items():
            if tensor in self.training.gradients:
                found |= {name: tensor for name in self.wanted.gradients_of(own) if name not in found}
        return found

    def _inside(self, scope: Scope, place: int | None) -> Nested:
        """The bodies of the loops and functions in a scope, however deep."""
        for s in scope.statements:
            where = s.number if place is None else place
            node = unwrapped(s.node)
            outer = self.quiet if scope is self.module else scope
            if isinstance(node, LOOPS):
                body = of_loop(node, self.facts, outer, s.number)
            elif isinstance(node, FUNCTIONS) and node.name not in self.wanted.names:
                place_of_call = len(self.module.statements) if outer is self.quiet else s.number
                body = of_function(node, self.facts, outer, place_of_call, self.module.statements)
            else:
                continue
            yield body, where
            yield from self._inside(body, where)

    def _gradients(self, scope: Scope) -> Slice:
        """What computes the gradients of the parameters, as far as they are there."""
        order = self.training.gradients.items()
        variables = []
        main: dict[Statement, None] = {}
        for tensor, gradient in order:
            names = [own for own, other in self._own_gradients.items() if other == tensor]
            found = next((s for s in ((n, last_binding(scope.statements, {n})) for n in names) if s[1]), None)
            variables.append(found[0] if found else gradient)
            main.update(dict.fromkeys(found[1] if found else ()))
        ordered = sorted(main, key=lambda s: s.number)
        firm = self.by_own_name(self.training.offered) | {STEP: STEP}
        return trace(scope, variables, ordered, Offered(firm, {}), "values")

    def _update(self, scope: Scope) -> Slice | None:
        """What the body of the loop does to the parameters."""
        parameters = self.training.gradients
        own = {name: next((o for o, n in self._own_names.items() if n == name), name) for name in parameters}
        variables = [own[name] if _occurs(own[name], self.module) else name for name in parameters]
        given = {name: name for name in variables} | {name: name for name in parameters}
        changing = [s for s in scope.statements if (s.binds | s.changes) & given.keys() and not _is_drawn(s)]
        if not changing:
            return None
        gradients = {own: own for own in self._own_gradients}
        return trace(scope, variables, changing, Offered(given | gradients | self._sizes | {STEP: STEP}, {}), "update")

    def unused(self, slices: Mapping[str, Slice]) -> list[int]:
        """The lines in which the update takes gradients from autograd, if it takes none of the hand-in's own."""
        runs = [task.name for task in self.training.tasks if task.kind == "run"]
        cut = next((slices[name] for name in runs if name in slices), None)
        if cut is None or set(cut.given) & self._own_gradients.keys():
            return []
        nodes = (node for s in cut.statements for node in ast.walk(s.node))
        return sorted({node.lineno for node in nodes if isinstance(node, ast.Attribute) and node.attr == "grad"})

    @property
    def after(self) -> int | None:
        """The number of the first statement of the module after the training loop."""
        if self._loop:
            return self._loop[1] + 1
        part = [s for s in self.module.statements if self.exercises[s.number] == self.training.exercise]
        return part[0].number if part else None

    @cached_property
    def _own_names(self) -> dict[str, str]:
        """What the hand-in calls things, by what its set-up and its loop say."""
        names = dict(self.module_equalities.names)
        if self.data:
            _, rows, *_ = self.training.splits
            names = dict(zip(self.data[0], rows, strict=True)) | names
        if self._loop:
            wanted = self.wanted
            said = equalities(
                self._loop[0].statements, wanted.lines, {*wanted.known}, {*wanted.leaves}, {*wanted.sizes}
            )
            names |= said.names
        return names

    @cached_property
    def data(self) -> list[tuple[str, str]]:
        """The inputs and outputs of the parts of the data, the training set first: what one function is called for."""
        pairs: dict[str, list[tuple[str, str]]] = {}
        for s in self.module.statements:
            target = s.node.targets[0] if isinstance(s.node, ast.Assign) else None
            function = (
                s.node.value.func if isinstance(s.node, ast.Assign) and isinstance(s.node.value, ast.Call) else None
            )
            if isinstance(target, ast.Tuple) and isinstance(function, ast.Name) and len(target.elts) == 2:
                inputs, outputs = target.elts
                if isinstance(inputs, ast.Name) and isinstance(outputs, ast.Name):
                    pairs.setdefault(function.id, []).append((inputs.id, outputs.id))
        return next((found for found in pairs.values() if len(found) > 1), [])

    def by_own_name(self, offered: Iterable[str]) -> dict[str, str]:
        """What is offered, by the hand-in's own names as well."""
        names = {name: name for name in offered}
        return names | {own: name for own, name in self._own_names.items() if name in names and own not in names}

    @property
    def _sizes(self) -> dict[str, str]:
        return self.by_own_name(self.wanted.sizes)


def _occurs(name: str, module: Scope) -> bool:
    return any(name in s.binds for s in module.statements)


def _is_drawn(s: Statement) -> bool:
    """Whether a statement makes parameters anew: that is no update."""
    return any(isinstance(each, ast.Attribute) and each.attr in MADE_ANEW for each in ast.walk(s.node))
