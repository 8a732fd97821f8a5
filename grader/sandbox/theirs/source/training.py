"""The training loop as people write it, with the gradients and the update in it.

What gives the gradients is a slice of the loop's body, and so is what changes the parameters.
"""

import ast
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from grader.sandbox.border.messages import STEP, Wanted, WantedTraining
from grader.sandbox.theirs.dataflow.equalities import Equalities, assignments, equalities
from grader.sandbox.theirs.dataflow.flow import FUNCTIONS
from grader.sandbox.theirs.dataflow.inner_scopes import FEWEST, Function, of_function, of_loop, unwrapped
from grader.sandbox.theirs.dataflow.slices import Facts, Offered, Scope, Slice, last_binding, trace
from grader.sandbox.theirs.dataflow.statement import LOOPS, Statement, statement
from grader.sandbox.theirs.dataflow.tree import has_grad, walk
from grader.sandbox.theirs.source.fields import methods

MADE_ANEW = ("randn", "zeros", "ones")
Nested = Iterator[tuple[Scope, int]]
"""Scopes inside others, each with the number of the statement of the module in which it is."""


@dataclass(frozen=True)
class TrainingLoop:
    """The training loop of one source, if it has one."""

    module: Scope
    quiet: Scope
    """The module without what trains."""
    exercises: Callable[[], Sequence[int]]
    """Gives the exercise of each statement of the module, which takes a while."""
    wanted: Wanted
    module_equalities: Equalities
    facts: Facts
    ours: frozenset[str] = frozenset()
    """The functions that are there as the assignment asks for them."""

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
            bound = {name for s in scope.statements if not s.is_nothing for name in s.binds & names}
            if len(bound) < FEWEST or not self._may_train(scope, place):
                continue
            rank = (len(bound), self._is_ours(place))
            if rank >= most:
                best, most = (scope, place), rank
        return best or self._headed

    def _may_train(self, scope: Scope, place: int) -> bool:
        """Whether a scope is not one in which gradients are only worked out: a function of another exercise."""
        changed = {name for s in scope.statements for name in s.binds | s.changes}
        of_loop = not self.module.statements[place].is_definition
        return of_loop or bool(changed & {*self.training.gradients}) or self._is_ours(place)

    def _is_ours(self, place: int) -> bool:
        """Whether a statement of the module belongs to the exercise."""
        return self.exercises()[place] == self.training.exercise

    @property
    def _headed(self) -> tuple[Scope, int] | None:
        """The module itself, if gradients are bound under the exercise's heading."""
        variables = [s for s in self.module.statements if not s.is_definition and not s.is_nothing]
        bound = [s for s in variables if s.binds & self._own_gradients.keys()]
        if len(bound) < FEWEST or len(bound := [s for s in bound if self._is_ours(s.number)]) < FEWEST:
            return None
        first = next(s.number for s in self.module.statements if self._is_ours(s.number))
        return Scope([s for s in self.module.statements if s.number >= first], self.quiet, first), bound[-1].number

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
            elif isinstance(node, FUNCTIONS) and node.name not in self.ours:
                caller, place_of_call = self._caller(node.name, outer, s.number)
                body = of_function(node, self.facts, caller, place_of_call, self.module.statements)
            elif isinstance(node, ast.ClassDef) and scope is self.module:
                yield from ((body, where) for body in self._methods(node))
                continue
            else:
                continue
            yield body, where
            yield from self._inside(body, where)

    def _methods(self, node: ast.ClassDef) -> Iterator[Scope]:
        """The bodies of the methods of a class, as if they stood by themselves at the end of the module."""
        names = {*self.wanted.known, *self.facts.stages, *self._own_gradients}
        place = len(self.module.statements)
        for method in methods(node, self.module.statements, names):
            yield of_function(method, self.facts, self.quiet, place, self.module.statements)

    def _caller(self, name: str, outer: Scope, number: int) -> tuple[Scope, int]:
        """The scope in which a function is called, and where: the body of a loop, else the end of the module."""
        if outer is not self.quiet:
            return outer, number
        for s in self.module.statements:
            node = unwrapped(s.node)
            if isinstance(node, LOOPS) and name in s.reads:
                body = of_loop(node, self.facts, self.quiet, s.number)
                if called := [each for each in body.statements if name in each.reads]:
                    return body, called[0].number
        return self.quiet, len(self.module.statements)

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
        """What the body of the loop does to the parameters; or of the loop in which the gradients are asked for."""
        parameters = self.training.gradients
        own = {name: next((o for o, n in self._own_names.items() if n == name), name) for name in parameters}
        variables = [own[name] if _occurs(own[name], self.module) else name for name in parameters]
        given = {name: name for name in variables} | {name: name for name in parameters}
        scopes = [scope, *(found for found, _ in self._inside(self.module, None) if found is not scope)]
        for each in scopes:
            changing = [s for s in each.statements if (s.binds | s.changes) & given.keys() and not _is_drawn(s)]
            if changing and (each is scope or self._asks_for_gradients(each)):
                gradients = {own: self.training.gradients[tensor] for own, tensor in self._own_gradients.items()}
                firm = given | gradients | self._sizes | {STEP: STEP}
                made = self._lists(variables) | self._answers(each)
                return trace(each, variables, changing, Offered(firm, {}, made=made), "update")
        return None

    def _asks_for_gradients(self, scope: Scope) -> bool:
        return bool(self._answers(scope)) or any(s.binds & self._own_gradients.keys() for s in scope.statements)

    def _answers(self, scope: Scope) -> dict[str, Statement]:
        """The names bound to what a function returns that computes the gradients: they are given in its order."""
        made = {}
        for s in scope.statements:
            call = s.node.value if isinstance(s.node, ast.Assign) and isinstance(s.node.value, ast.Call) else None
            returned = self._returned(getattr(call.func, "id", getattr(call.func, "attr", ""))) if call else ""
            if isinstance(s.node, ast.Assign) and isinstance(s.node.targets[0], ast.Name) and returned:
                made[s.node.targets[0].id] = self._made(f"{s.node.targets[0].id} = {returned}", s)
        return made

    def _returned(self, name: str) -> str:
        """The gradients that a function or method of that name returns, as a list or a dictionary is written."""
        found = next((each for each in self._defined() if each.name == name), None)
        if found is None:
            return ""
        bound = {n: value for node in walk(found) for n, value in assignments(node)}
        for node in walk(found):
            value = node.value if isinstance(node, ast.Return) else None
            value = bound.get(value.id) if isinstance(value, ast.Name) else value
            if isinstance(value, (ast.Tuple, ast.List, ast.Dict)):
                names = {each.id for each in walk(value) if isinstance(each, ast.Name)}
                if len(names & self._own_gradients.keys()) >= FEWEST and names <= self._own_gradients.keys():
                    return ast.unparse(value)
        return ""

    def _defined(self) -> Iterator[Function]:
        """The functions of the module, and the methods of its classes."""
        for s in self.module.statements:
            nodes = s.node.body if isinstance(s.node, ast.ClassDef) else [s.node]
            yield from (node for node in nodes if isinstance(node, FUNCTIONS))

    def _lists(self, variables: Sequence[str]) -> dict[str, Statement]:
        """What all the parameters are unpacked from is the list of them."""
        made: dict[str, Statement] = {}
        for s in self.module.statements:
            targets = s.node.targets if isinstance(s.node, ast.Assign) else []
            values = [*targets, s.node.value] if isinstance(s.node, ast.Assign) else []
            for target in targets:
                names = [each.id for each in getattr(target, "elts", ()) if isinstance(each, ast.Name)]
                if len(set(names) & set(variables)) >= FEWEST:
                    lists = [each.id for each in values if isinstance(each, ast.Name)]
                    made |= {each: self._made(f"{each} = [{', '.join(names)}]", s) for each in lists}
        return made

    def _made(self, text: str, s: Statement) -> Statement:
        node = ast.increment_lineno(ast.parse(text).body[0], s.node.lineno - 1)
        return statement(s.number, node, self.facts.mutators, self.facts.modules)

    def unused(self, slices: Mapping[str, Slice]) -> list[int]:
        """The lines in which the update takes gradients from autograd, if it takes none of the submission's own."""
        runs = [task.name for task in self.training.tasks if task.kind == "run"]
        cut = next((slices[name] for name in runs if name in slices), None)
        if cut is None or self._loop is None or set(cut.given) & {*self.training.gradients.values()}:
            return []
        around = list(walk(self.module.statements[self._loop[1]].node))
        grads = [node for node in around if isinstance(node, ast.Attribute) and node.attr == "grad"]
        own = any(_is_value(value) for node in around for value in _put_into_grad(node))
        if own or not any(isinstance(node, ast.Attribute) and node.attr == "backward" for node in around):
            return []
        lines = {
            line for s in cut.statements for line in range(s.node.lineno, (s.node.end_lineno or s.node.lineno) + 1)
        }
        return sorted({node.lineno for node in grads} & lines)

    @property
    def after(self) -> int | None:
        """The number of the first statement of the module after training."""
        kept = set(self.quiet.statements)
        training = [s.number for s in self.module.statements if s not in kept]
        if self._loop:
            place = self._loop[1]
            moved = [s.number for s in self.module.statements if self._moves(s) and s.number > place]
            headed = moved[:1] if not self._loop[0].depth or self._loop[0].parent is self.quiet else []
            return max([place, *(number for number in training if number > place), *headed]) + 1
        if training:
            return training[-1] + 1
        return next((s.number for s in self.module.statements if self._is_ours(s.number)), None)

    def _moves(self, s: Statement) -> bool:
        """Whether a statement changes parameters in place."""
        return len(s.changes & {*self.training.gradients}) >= FEWEST

    @cached_property
    def _own_names(self) -> dict[str, str]:
        """What the submission calls things, by what its set-up and its loop say."""
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
        """What is offered, by the submission's own names as well."""
        names = {name: name for name in offered}
        return names | {own: name for own, name in self._own_names.items() if name in names and own not in names}

    @property
    def _sizes(self) -> dict[str, str]:
        return self.by_own_name(self.wanted.sizes)


def _occurs(name: str, module: Scope) -> bool:
    return any(name in s.binds for s in module.statements)


def _is_drawn(s: Statement) -> bool:
    """Whether a statement makes parameters anew: that is no update."""
    return any(isinstance(each, ast.Attribute) and each.attr in MADE_ANEW for each in walk(s.node))


def _put_into_grad(node: ast.AST) -> Iterator[ast.expr]:
    """What a statement puts into the `.grad` of something."""
    if isinstance(node, ast.Assign):
        for target in node.targets:
            if has_grad(target):
                yield node.value


def _is_value(value: ast.expr) -> bool:
    return not isinstance(value, ast.Constant)
