"""The training exercise as people write it: a loop with the gradients and the update in it, and after it cells that
calibrate, take the loss of a split, and sample.

Each of its stages becomes a slice: of the loop's body, of the statements after the loop, of the body of a function.
"""

import ast
import copy
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, replace
from functools import cached_property

from grader.sandbox.equalities import Equalities, assignments, equalities
from grader.sandbox.flow import FUNCTIONS
from grader.sandbox.messages import Wanted, WantedTask, WantedTraining
from grader.sandbox.slices import Facts, Offered, Scope, Slice, last_binding, scope_of, trace
from grader.sandbox.statement import LOOPS, WITH, Statement, statement

VALUE = "__value__"
"""What a value is bound to that the hand-in only returns or prints."""
FEWEST = 2
"""Gradients of parameters that a loop has at least, to be the one in which the network is trained with them."""
DRAWS = frozenset({"multinomial", "choice", "choices"})
SAMPLE, RUN, VALUES = "samples", "run", "values"
Nested = Iterator[tuple[Scope, int]]
"""Scopes inside others, each with the number of the statement of the module in which it is."""


@dataclass(frozen=True)
class TrainingPart:
    """The training exercise of one source."""

    module: Scope
    quiet: Scope
    """The module without what trains."""
    exercises: Sequence[int]
    wanted: Wanted
    module_equalities: Equalities
    facts: Facts

    @property
    def _training(self) -> WantedTraining:
        assert self.wanted.training
        return self.wanted.training

    def slices(self) -> dict[str, Slice]:
        """By the function that is asked for: what gives the gradients, updates, calibrates, and so on."""
        made: dict[str, Slice | None] = {}
        if self._loop:
            made[self._training.function] = self._gradients(*self._loop)
        for task in self._training.tasks:
            make = {RUN: self._update, SAMPLE: self._samples, VALUES: self._values}[task.kind]
            made[task.name] = make(task)
        return {name: cut for name, cut in made.items() if cut}

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
            rank = (len(bound), self.exercises[place] == self._training.exercise)
            if len(bound) >= FEWEST and rank >= most:
                best, most = (scope, place), rank
        return best or self._headed

    def _may_train(self, scope: Scope, place: int) -> bool:
        """Whether a scope is not one in which gradients are only worked out: a function of another exercise."""
        changed = {name for s in scope.statements for name in s.binds | s.changes}
        of_loop = not self.module.statements[place].is_definition
        return (
            of_loop or self.exercises[place] == self._training.exercise or bool(changed & {*self._training.gradients})
        )

    @property
    def _headed(self) -> tuple[Scope, int] | None:
        """The module itself, if gradients are bound under the exercise's heading."""
        part = [s for s in self.module.statements if self.exercises[s.number] == self._training.exercise]
        bound = [s for s in part if s.binds & self._own_gradients.keys() and not s.is_nothing]
        if len(bound) < FEWEST:
            return None
        first = part[0].number
        return Scope([s for s in self.quiet.statements if s.number >= first], self.quiet, first), bound[-1].number

    @cached_property
    def _own_gradients(self) -> dict[str, str]:
        """The variables that are gradients of parameters, each with the parameter."""
        found = {gradient: tensor for tensor, gradient in self._training.gradients.items()}
        for own, tensor in self.module_equalities.renamed.items():
            if tensor in self._training.gradients:
                found |= {name: tensor for name in self.wanted.gradients_of(own) if name not in found}
        return found

    def _inside(self, scope: Scope, place: int | None) -> Nested:
        """The bodies of the loops and functions in a scope, however deep."""
        for s in scope.statements:
            where = s.number if place is None else place
            node = _unwrapped(s.node)
            outer = self.quiet if scope is self.module else scope
            if isinstance(node, LOOPS):
                body = scope_of([*_counting(node), *node.body], self.facts, outer, s.number)
            elif isinstance(node, FUNCTIONS) and node.name != self._training.function:
                body = self._body(node, outer, s.number)
            else:
                continue
            yield body, where
            yield from self._inside(body, where)

    def _body(self, node: ast.FunctionDef | ast.AsyncFunctionDef, scope: Scope, number: int) -> Scope:
        """The body of a function, its arguments bound as at its first call."""
        calls = list(_calls(self.module.statements, node.name))
        place = len(self.module.statements) if scope is self.quiet else number
        return scope_of([*_bound_arguments(node, calls), *node.body], self.facts, scope, place)

    @cached_property
    def _own_names(self) -> dict[str, str]:
        """What the hand-in calls things, by what its set-up and its loop say."""
        names = dict(self.module_equalities.names)
        if self._data:
            _, rows, *_ = self._training.splits
            names = dict(zip(self._data[0], rows, strict=True)) | names
        if self._loop:
            wanted = self.wanted
            said = equalities(
                self._loop[0].statements, wanted.lines, {*wanted.known}, {*wanted.leaves}, {*wanted.sizes}
            )
            names |= said.names
        return names

    @cached_property
    def _data(self) -> list[tuple[str, str]]:
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

    def _by_own_name(self, offered: Iterable[str]) -> dict[str, str]:
        names = {name: name for name in offered}
        return names | {own: name for own, name in self._own_names.items() if name in names and own not in names}

    def _gradients(self, scope: Scope, _: int) -> Slice:
        order = self._training.gradients.items()
        variables = []
        main: dict[Statement, None] = {}
        for tensor, gradient in order:
            names = [own for own, other in self._own_gradients.items() if other == tensor]
            found = next((s for s in ((n, last_binding(scope.statements, {n})) for n in names) if s[1]), None)
            variables.append(found[0] if found else gradient)
            main.update(dict.fromkeys(found[1] if found else ()))
        ordered = sorted(main, key=lambda s: s.number)
        firm = self._by_own_name(self._training.offered)
        return trace(scope, variables, ordered, Offered(firm, {}), "values")

    def _update(self, task: WantedTask) -> Slice | None:
        """What the body of the loop does to the parameters."""
        if self._loop is None:
            return None
        scope, _ = self._loop
        parameters = self._training.gradients
        own = {name: next((o for o, n in self._own_names.items() if n == name), name) for name in parameters}
        variables = [own[name] if _occurs(own[name], self.module) else name for name in parameters]
        given = {name: name for name in variables} | {name: name for name in parameters}
        changing = [s for s in scope.statements if (s.binds | s.changes) & given.keys() and not _is_drawn(s)]
        if not changing:
            return None
        gradients = {own: own for own in self._own_gradients}
        return trace(scope, variables, changing, Offered(given | gradients | self._sizes, {}), "update")

    def unused(self, slices: Mapping[str, Slice]) -> list[int]:
        """The lines in which the update takes gradients from autograd, if it takes none of the hand-in's own."""
        cut = next(
            (slices[task.name] for task in self._training.tasks if task.kind == RUN and task.name in slices), None
        )
        if cut is None or set(cut.given) & self._own_gradients.keys():
            return []
        nodes = (node for s in cut.statements for node in ast.walk(s.node))
        return sorted({node.lineno for node in nodes if isinstance(node, ast.Attribute) and node.attr == "grad"})

    @property
    def _sizes(self) -> dict[str, str]:
        return self._by_own_name(self.wanted.sizes)

    @property
    def _after(self) -> int | None:
        """The number of the first statement of the module after the training loop."""
        if self._loop:
            return self._loop[1] + 1
        part = [s for s in self.module.statements if self.exercises[s.number] == self._training.exercise]
        return part[0].number if part else None

    @property
    def _region(self) -> list[Statement]:
        """The statements after training."""
        start = self._after
        return [] if start is None else [s for s in self.quiet.statements if s.number >= start]

    def _offered(self, task: WantedTask, firm: Mapping[str, str] | None = None) -> Offered:
        loose = self._by_own_name(task.offered)
        return Offered(firm or {}, loose, self._after or 0)

    @cached_property
    def _calibrated(self) -> dict[str, list[tuple[str, list[Statement]]]]:
        """For tasks that return several values, the variables that have them after training, with what makes them."""
        found = {}
        for task in self._training.tasks:
            if task.kind == VALUES and len(task.returns) > 1:
                made = [self._variable(task, name) for name in task.returns]
                if all(main for _, main in made):
                    found[task.name] = made
        return found

    def _variable(self, task: WantedTask, value: str) -> tuple[str, list[Statement]]:
        for name in (value, *task.variables.get(value, ())):
            if main := last_binding(self._region, {name}):
                return name, main
        return value, []

    def _known_by_now(self, task: WantedTask) -> dict[str, str]:
        """What other tasks have made of it, by the hand-in's names."""
        names: dict[str, str] = {}
        for other in self._training.tasks:
            if other.name == task.name or other.kind != VALUES:
                continue
            if other.name in self._calibrated:
                made = [name for name, _ in self._calibrated[other.name]]
                names |= dict(zip(made, other.returns, strict=True))
            else:
                own = ((name, value) for value, each in other.variables.items() for name in each)
                names |= {name: value for name, value in own if name not in self.wanted.known}
        return {name: value for name, value in names.items() if value in task.offered}

    def _values(self, task: WantedTask) -> Slice | None:
        if len(task.returns) > 1:
            made = self._calibrated.get(task.name)
            if made is None:
                return None
            main = sorted({s for _, each in made for s in each}, key=lambda s: s.number)
            return trace(self.quiet, [name for name, _ in made], main, self._offered(task), "values")
        return self._of_split(task)

    def _of_split(self, task: WantedTask) -> Slice | None:
        """A value of a part of the data: made in a function that is given the part, or after training."""
        (inputs, outputs), *others = self._training.splits
        firm = self._known_by_now(task) | {inputs: inputs, outputs: outputs}
        for own_inputs, own_outputs in (*others, *self._data):
            firm |= {own_inputs: inputs, own_outputs: outputs}
        offered = self._offered(task, firm)
        for function in self._functions(task):
            cut = self._of_function(function, task, offered)
            if cut and inputs in cut.given:
                return cut
        (value,) = task.returns
        for place in range(len(self._region), 0, -1):
            name, main = self._variable_of(task, value, self._region[:place])
            cut = trace(self.quiet, (name,), main, offered) if main else None
            if cut and inputs in cut.given:
                return cut
        return None

    def _of_function(self, s: Statement, task: WantedTask, offered: Offered) -> Slice | None:
        """What a function gives; of one that gives nothing, what its variable is at its end."""
        assert isinstance(s.node, FUNCTIONS)
        if _gives(s.node):
            return trace(self.quiet, (VALUE,), [self._bound(*self._call(s))], offered)
        scope = self._body(s.node, self.quiet, s.number)
        (value,) = task.returns
        name, main = self._variable_of(task, value, scope.statements)
        return trace(scope, (name,), main, offered) if main else None

    def _call(self, s: Statement) -> tuple[ast.expr, Statement]:
        """A call of a function as it is called first, and a statement to tell it by at the end of the module."""
        assert isinstance(s.node, FUNCTIONS)
        calls = list(_calls(self.module.statements, s.node.name))
        call = calls[0] if calls else ast.Call(ast.Name(s.node.name, ast.Load()), [], [])
        return call, _numbered(s, len(self.module.statements))

    def _variable_of(
        self, task: WantedTask, value: str, statements: Sequence[Statement]
    ) -> tuple[str, list[Statement]]:
        for name in (value, *task.variables.get(value, ())):
            if main := last_binding(statements, {name}):
                return name, main
        return value, []

    def _bound(self, value: ast.expr, last: Statement) -> Statement:
        """A statement that binds a value, in the place of the one it comes from."""
        node = ast.copy_location(ast.Assign([ast.Name(VALUE, ast.Store())], value), last.node)
        return statement(last.number, ast.fix_missing_locations(node), self.facts.mutators, self.facts.modules)

    def _functions(self, task: WantedTask) -> Iterator[Statement]:
        """The functions that people make a task's value in; the last ones first."""
        for s in reversed(self.module.statements):
            if isinstance(s.node, FUNCTIONS) and s.node.name in (task.name, *task.functions):
                yield s

    def _samples(self, task: WantedTask) -> Slice | None:
        """A text that is drawn: what is printed, returned or kept at the end of the scope in which characters are."""
        for scope, expression, last in self._drawn(task):
            vocabulary = self._training.vocabulary[0][0]
            firm = self._known_by_now(task) | {vocabulary: vocabulary, "generator": "generator"}
            firm |= {name: "generator" for name in self._generators(scope)}
            offered = self._offered(task, firm)
            offered = replace(offered, made=self._characters(expression, scope))
            cut = trace(scope, (VALUE,), [self._bound(expression, last)], offered, "text")
            return replace(cut, given=tuple(sorted({*cut.given, vocabulary})))
        return None

    def _characters(self, text: ast.expr, scope: Scope) -> dict[str, Statement]:
        """What makes, from the vocabulary that is given, what the hand-in looks characters up in."""
        (vocabulary, *by_number), by_character = self._training.vocabulary
        numbered, lettered = _looked_up(text, scope)
        texts = {name: f"{name} = dict(enumerate({vocabulary}))" for name in (*by_number, *numbered)}
        texts |= {n: f"{n} = {{c: i for i, c in enumerate({vocabulary})}}" for n in (*by_character, *lettered)}
        line = scope.statements[0].node.lineno
        nodes = [ast.increment_lineno(ast.parse(text).body[0], line - 1) for text in texts.values()]
        return dict(zip(texts, scope_of(nodes, self.facts).statements, strict=True))

    def _generators(self, scope: Scope) -> Iterator[str]:
        where: Scope | None = scope
        while where is not None:
            for s in where.statements:
                for name, value in assignments(s.node):
                    if any(isinstance(each, ast.Attribute) and each.attr == "Generator" for each in ast.walk(value)):
                        yield name
            where = where.parent

    def _drawn(self, task: WantedTask) -> Iterator[tuple[Scope, ast.expr, Statement]]:
        """The scopes in which a text is drawn, each with the text; or with the call that gives it."""
        for s in [*self._functions(task), *reversed(self._region)]:
            if self._draws(s.node):
                found = self._text_of(s, self.quiet)
                if found:
                    yield found

    def _text_of(self, s: Statement, scope: Scope) -> tuple[Scope, ast.expr, Statement] | None:
        """The text that a statement draws, in its own scope or one inside it."""
        node = _unwrapped(s.node)
        if isinstance(node, FUNCTIONS):
            inside = self._body(node, scope, s.number)
            if self._is_one_text(inside) and _gives(node) and scope is self.quiet:
                return self.quiet, *self._call(s)
        elif isinstance(node, LOOPS) and any(self._draws(each) for each in _loops_in(node)):
            inside = scope_of([*_counting(node), *node.body], self.facts, scope, s.number)
        else:
            value = _text(scope, s)
            return (scope, *value) if value else None
        drawing = [each for each in inside.statements if self._draws(each.node)]
        return self._text_of(drawing[-1], inside) if drawing else None

    def _is_one_text(self, scope: Scope) -> bool:
        """Whether the characters of one text are drawn in a scope, and not text after text."""
        loops = [_unwrapped(s.node) for s in scope.statements if self._draws(s.node)]
        return not any(self._draws(inner) for loop in loops for inner in _loops_in(loop))

    def _draws(self, node: ast.AST) -> bool:
        """Whether something is drawn at random in it, or by a function that it calls."""
        return any(
            (isinstance(each, ast.Attribute) and each.attr in DRAWS)
            or (isinstance(each, ast.Call) and isinstance(each.func, ast.Name) and each.func.id in self._drawers)
            for each in ast.walk(node)
        )

    @cached_property
    def _drawers(self) -> frozenset[str]:
        """The functions that draw one thing, without a loop."""
        return frozenset(
            s.node.name
            for s in self.module.statements
            if isinstance(s.node, FUNCTIONS) and not [*_loops_in(s.node)] and _has_draw(s.node)
        )


def trains(s: Statement, gradients: Set[str]) -> bool:
    """Whether a statement is a loop in which a network is trained: with gradients of one's own, or with autograd's."""
    loops = [each for each in ast.walk(s.node) if isinstance(each, LOOPS)]
    if not loops or s.is_definition:
        return False
    bound = s.rebinds | s.changes | s.binds
    by_autograd = any(isinstance(n, ast.Attribute) and n.attr == "backward" for loop in loops for n in ast.walk(loop))
    return by_autograd or len(bound & gradients) >= FEWEST


def _numbered(s: Statement, number: int) -> Statement:
    return Statement(number, s.node, s.binds, s.changes, s.rebinds, s.reads, s.perhaps, s.shares)


def _unwrapped(node: ast.stmt) -> ast.stmt:
    """What an arrangement is put around, if that is a single statement."""
    while isinstance(node, (*WITH, ast.If)) and len(node.body) == 1 and not getattr(node, "orelse", []):
        node = node.body[0]
    return node


def _counting(loop: ast.stmt) -> Iterator[ast.stmt]:
    """What a loop counts with, as it is the first time."""
    if not isinstance(loop, ast.For):
        return
    function = loop.iter.func if isinstance(loop.iter, ast.Call) else None
    name = function.id if isinstance(function, ast.Name) else getattr(function, "attr", "")
    target = loop.target
    if name == "enumerate" and isinstance(target, ast.Tuple):
        target = target.elts[0]
    elif name not in ("range", "trange", "tqdm"):
        return
    if isinstance(target, ast.Name):
        yield ast.copy_location(ast.Assign([copy.copy(target)], ast.copy_location(ast.Constant(0), loop)), loop)


def _calls(statements: Iterable[Statement], name: str) -> Iterator[ast.Call]:
    for s in statements:
        for node in ast.walk(s.node):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == name:
                yield node


def _bound_arguments(function: ast.FunctionDef | ast.AsyncFunctionDef, calls: Sequence[ast.Call]) -> list[ast.stmt]:
    """The arguments of a function as its first call binds them, or their defaults."""
    given = function.args
    positional = [*given.posonlyargs, *given.args]
    values: dict[str, ast.expr] = {}
    defaults = given.defaults
    values |= {a.arg: v for a, v in zip(positional[len(positional) - len(defaults) :], defaults, strict=True)}
    values |= {a.arg: v for a, v in zip(given.kwonlyargs, given.kw_defaults, strict=True) if v is not None}
    for call in calls[:1]:
        values |= {a.arg: v for a, v in zip(positional, call.args, strict=False)}
        values |= {keyword.arg: keyword.value for keyword in call.keywords if keyword.arg}
    if not calls and len(positional) == 1 and positional[0].arg not in values:
        words = [n for n in ast.walk(function) if isinstance(n, ast.Constant) and isinstance(n.value, str)]
        values |= {positional[0].arg: words[0]} if words else {}
    own = {name: value for name, value in values.items() if not (isinstance(value, ast.Name) and value.id == name)}
    return [
        ast.fix_missing_locations(
            ast.copy_location(ast.Assign([ast.Name(name, ast.Store())], copy.deepcopy(value)), function)
        )
        for name, value in own.items()
    ]


def _occurs(name: str, module: Scope) -> bool:
    return any(name in s.binds for s in module.statements)


def _is_drawn(s: Statement) -> bool:
    """Whether a statement makes parameters anew: that is no update."""
    return any(isinstance(each, ast.Attribute) and each.attr in ("randn", "zeros", "ones") for each in ast.walk(s.node))


def _has_draw(node: ast.AST) -> bool:
    return any(isinstance(each, ast.Attribute) and each.attr in DRAWS for each in ast.walk(node))


def _loops_in(node: ast.AST) -> Iterator[ast.AST]:
    return (each for each in ast.walk(node) if isinstance(each, LOOPS) and each is not node)


def _gives(function: ast.AST) -> bool:
    """Whether a function returns something."""
    return any(isinstance(each, ast.Return) and each.value is not None for each in ast.walk(function))


def _text(scope: Scope, drawing: Statement) -> tuple[ast.expr, Statement] | None:
    """What a scope prints, returns or keeps after it has drawn characters; failing that, what it collects them in."""
    for s in (s for s in scope.statements if s.number > drawing.number):
        node = _unwrapped(s.node)
        if isinstance(node, ast.Return) and node.value is not None:
            return node.value, s
        call = node.value if isinstance(node, ast.Expr) and isinstance(node.value, ast.Call) else None
        function = call.func if call else None
        if call and call.args and isinstance(function, ast.Name) and function.id == "print":
            return next((a for a in reversed(call.args) if not isinstance(a, ast.Constant)), call.args[-1]), s
        if call and call.args and isinstance(function, ast.Attribute) and function.attr == "append":
            return call.args[0], s
    return _kept(drawing.node, drawing)


def _looked_up(text: ast.expr, scope: Scope) -> tuple[list[str], list[str]]:
    """The names bound elsewhere in which the text looks up characters, and those in which characters are looked up."""
    own = {name for s in scope.statements for name in s.binds | s.rebinds}
    indexed = [
        (node.value.id, node.slice)
        for place in (text, *(s.node for s in scope.statements))
        for node in ast.walk(place)
        if isinstance(node, ast.Subscript) and isinstance(node.value, ast.Name) and node.value.id not in own
    ]
    in_text = {id(node.slice) for node in ast.walk(text) if isinstance(node, ast.Subscript)}
    by_character = [name for name, index in indexed if isinstance(index, ast.Constant) and isinstance(index.value, str)]
    by_number = [name for name, index in indexed if id(index) in in_text and isinstance(index, (ast.Name, ast.Call))]
    return [name for name in by_number if name not in by_character], by_character


def _kept(node: ast.stmt, s: Statement) -> tuple[ast.expr, Statement] | None:
    """The list to which the loop adds what it draws, or the text."""
    for each in ast.walk(node):
        if isinstance(each, ast.Call) and isinstance(each.func, ast.Attribute) and each.func.attr == "append":
            if isinstance(each.func.value, ast.Name):
                return ast.Name(each.func.value.id, ast.Load()), _numbered(s, s.number + 1)
        if isinstance(each, ast.AugAssign) and isinstance(each.target, ast.Name) and isinstance(each.op, ast.Add):
            return ast.Name(each.target.id, ast.Load()), _numbered(s, s.number + 1)
    return None
