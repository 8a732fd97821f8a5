"""A source as its statements: which stages are functions in it and which are variables, and what each of them needs.

A *flat* source computes its gradients at top level, as in a notebook: `dprobs = dlogprobs / probs`. A stage of it is
the backward slice of its variable: the last statement that binds it, what changes it after that, and whatever those
need that is not given.
"""

import ast
import copy
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from difflib import get_close_matches
from functools import cached_property

from grader.border import Absence, Source
from grader.sandbox.border.messages import Wanted, WantedStage
from grader.sandbox.theirs.dataflow.equalities import Equalities, equalities
from grader.sandbox.theirs.dataflow.flow import FUNCTIONS, flow_of
from grader.sandbox.theirs.dataflow.inner_scopes import Function, of_function, without_training
from grader.sandbox.theirs.dataflow.sharing import MutatorsOf
from grader.sandbox.theirs.dataflow.slices import Facts, Offered, Scope, Slice, last_binding, rewritten, scope_of, trace
from grader.sandbox.theirs.dataflow.statement import IMPORTS, Statement
from grader.sandbox.theirs.dataflow.tree import has_grad, nodes_of
from grader.sandbox.theirs.source.after_training import AfterTraining
from grader.sandbox.theirs.source.fields import methods, with_variables
from grader.sandbox.theirs.source.handed_through import without_checkers
from grader.sandbox.theirs.source.imports import Files
from grader.sandbox.theirs.source.other_work import without_other_work
from grader.sandbox.theirs.source.parsing import parse
from grader.sandbox.theirs.source.parts import parts
from grader.sandbox.theirs.source.pieces import Piece, pieces
from grader.sandbox.theirs.source.sampling import Sampling
from grader.sandbox.theirs.source.scopes import bound_by
from grader.sandbox.theirs.source.training import TrainingLoop

USUAL = {
    "torch": {
        "torch": "import torch",
        "F": "import torch.nn.functional as F",
        "nn": "import torch.nn as nn",
        "np": "import numpy as np",
    },
    "numpy": {"np": "import numpy as np"},
}
"""What everybody calls some libraries, by what an assignment's arrays are of."""


class NotFollowed(Exception):
    """The grader itself failed to follow some lines."""

    def __init__(self, what: str, error: Exception) -> None:
        super().__init__(
            f"The grader could not follow the lines of {what} ({type(error).__name__}: {error}). "
            "That is a fault of the grader, not yours: please tell your instructor."
        )


@dataclass
class Outline:
    """One source, parsed cell by cell: a cell that is not Python costs only itself."""

    source: Source
    wanted: Wanted
    files: Files = field(default_factory=Files)
    """Those that it is handed in with, itself included."""
    broken: list[tuple[BaseException, str]] = field(default_factory=list)
    """What could not be parsed, each with its text."""

    @cached_property
    def _parsed(self) -> list[ast.stmt]:
        """Raises nothing: what cannot be parsed is in `broken`."""
        found = [node for start, text in _chunks(self.source) for node in self._parsed_chunk(start, text)]
        body = without_other_work(self.source, found, self.wanted)
        kept = with_variables([*self._lost_imports(body), *body], self._kept_as)
        return without_checkers(kept, self.wanted.names)

    def _lost_imports(self, body: Sequence[ast.stmt]) -> list[ast.stmt]:
        """What a notebook has imported in a cell, or by `%run` in a file, that was not handed in."""
        if not self.source.cells:
            return []
        try:
            names = flow_of(body)
        except RecursionError:
            return []
        lost = names.needs - names.may_bind - {*self.wanted.known}
        return [
            ast.parse(USUAL[self.wanted.arrays][name]).body[0] for name in USUAL[self.wanted.arrays] if name in lost
        ]

    @cached_property
    def _kept_as(self) -> dict[str, str]:
        """What gradients may be called in something that keeps them, each with its variable."""
        names = {self.wanted.gradients_of(stage.tensor)[0]: stage.tensor for stage in self._variables}
        by_tensor = {tensor: name for name, tensor in names.items()}
        return by_tensor | {name: name for stage in self._variables for name in (stage.name, *stage.also)}

    def _parsed_chunk(self, start: int, text: str) -> list[ast.stmt]:
        try:
            return self._tree(start, text)
        except SyntaxError as error:
            if found := [] if self.source.cells else pieces(text, self.source.name):
                return list(self._parsed_pieces(found, error))
            self._break(start, text, error)
        except BaseException as error:
            self._break(start, text, error)
        return []

    def _parsed_pieces(self, found: Sequence[Piece], whole: SyntaxError) -> Iterator[ast.stmt]:
        """Of a file that cannot be read as a whole, what can be read; its own error is told of the piece it is in."""
        for piece in found:
            is_here = whole.lineno and piece.start <= whole.lineno <= piece.start + piece.text.count("\n")
            try:
                yield from self._read(piece, whole if is_here else piece.error)
            except BaseException as error:
                self._break(1, piece.text, error)

    def _read(self, piece: Piece, error: BaseException | None) -> list[ast.stmt]:
        if piece.error and error:
            raise error
        return self._tree(piece.start, piece.text)

    def _tree(self, start: int, text: str) -> list[ast.stmt]:
        tree = self.files.renamed(parse(text, self.source.name), self.source.name)
        return (ast.increment_lineno(tree, start - 1) if start > 1 else tree).body

    def _break(self, start: int, text: str, error: BaseException) -> None:
        if isinstance(error, SyntaxError) and error.lineno:
            error.lineno += start - 1
        self.broken.append((error, text))

    @cached_property
    def equalities(self) -> Equalities:
        """What the set-up says is one thing."""
        wanted = self.wanted
        as_written = self._as_written.statements
        return equalities(as_written, wanted.lines, {*wanted.known}, {*wanted.leaves}, {*wanted.sizes})

    @cached_property
    def _as_written(self) -> Scope:
        """What is nested too deeply to be followed counts as broken, and costs only itself."""
        try:
            return scope_of(self._parsed, self._facts)
        except RecursionError:
            return scope_of([node for node in self._parsed if self._can_be_followed(node)], self._facts)

    def _can_be_followed(self, node: ast.stmt) -> bool:
        try:
            scope_of([node], self._facts)
        except RecursionError as error:
            self.broken.append((error, ""))
            return False
        return True

    @property
    def body(self) -> list[ast.stmt]:
        """The statements as they are run."""
        return [s.node for s in self.statements]

    @cached_property
    def _facts(self) -> Facts:
        body = self._parsed
        mutators = MutatorsOf(body)
        imports = [alias for node in body if isinstance(node, IMPORTS) for alias in node.names]
        modules = frozenset(alias.asname or alias.name.partition(".")[0] for alias in imports)
        names = frozenset(name for stage in self._variables for name in (stage.name, *stage.also))
        return Facts(mutators, modules, names)

    @cached_property
    def module(self) -> Scope:
        """The statements at top level, with the assignment's names for what the set-up says is the same."""
        return rewritten(self._as_written, self.equalities.rewritten, self._facts)

    @property
    def statements(self) -> Sequence[Statement]:
        return self.module.statements

    @cached_property
    def quiet(self) -> Scope:
        """The same without the loops that train: what they do is not run for anything else."""
        training = self.wanted.training
        if training is None:
            return self.module
        return Scope(without_training(self.statements, set(training.gradients), set(training.gradients.values())))

    @property
    def is_flat(self) -> bool:
        """Whether there are stages that are variables here, and not functions."""
        return bool(self.slices)

    @cached_property
    def runs(self) -> list[Statement]:
        """What is run of it: a Python file of functions whole, else what the stages need."""
        if self.is_flat:
            cuts = [*self.slices.values(), *self.earlier.values()]
            sliced = {s for cut in cuts for s in cut.statements}
            return [*sorted({*sliced, *self.functions}, key=lambda s: (s.node.lineno, s.number))]
        return self._needed(self.wanted.names) if self.source.cells else list(self.statements)

    @cached_property
    def functions(self) -> list[Statement]:
        """Of a flat source, what the stages need that are functions all the same."""
        return self._needed(self.function_names) if self.is_flat else self.runs

    @cached_property
    def function_names(self) -> frozenset[str]:
        """The stages that are functions here."""
        if not self.is_flat:
            return frozenset(self.wanted.names)
        stages = [stage for stage in self.wanted.stages if stage.name not in self.slices]
        return frozenset(
            stage.name
            for stage in stages
            if (found := self._callable(stage.name))
            and (stage.name in self._our_functions or not stage.only_function)
            and _asks_only_for(found.node, stage.offered)
        )

    @property
    def _variables(self) -> list[WantedStage]:
        return [stage for stage in self.wanted.stages if not stage.only_function]

    @cached_property
    def slices(self) -> dict[str, Slice]:
        """The slice of each stage that is a variable here."""
        cuts: dict[str, Slice] = {}
        for stage in self._variables:
            with self._following(stage.name):
                if cut := self._slice(stage):
                    cuts[stage.name] = cut
        with self._following("the training exercise"):
            cuts |= self._training_slices()
        return cuts

    @contextmanager
    def _following(self, what: str) -> Iterator[None]:
        """Lines that the grader fails to follow cost what they are for, and are told as its own fault."""
        try:
            yield
        except Exception as error:
            self.broken.append((NotFollowed(what, error), ""))

    def _training_slices(self) -> dict[str, Slice]:
        """What of the training exercise is there without functions."""
        loop = self.training
        own = self._our_functions
        if loop is None or own.issuperset((loop.training.function, *(task.name for task in loop.training.tasks))):
            return {}
        after = AfterTraining(loop)
        cuts = loop.slices() | after.slices() | Sampling(after).slices()
        return {name: cut for name, cut in cuts.items() if name not in own}

    @cached_property
    def _our_functions(self) -> frozenset[str]:
        """Of what can only be functions, those that are there as the assignment asks for them."""
        stages = [stage for stage in self.wanted.stages if stage.only_function]
        return frozenset(stage.name for stage in stages if self._is_our_function(stage))

    def _is_our_function(self, stage: WantedStage) -> bool:
        """Whether there is a function of that name that takes what is offered, and nothing else."""
        found = self._callable(stage.name)
        if found is None or not _asks(found.node) or not _asks_only_for(found.node, stage.offered):
            return False
        return found.reads.isdisjoint(self.wanted.known)  # else it is a helper, which takes them from the notebook

    @cached_property
    def training(self) -> TrainingLoop | None:
        """The training exercise, where there is one to look for."""
        if self.wanted.training is None:
            return None
        ours = self._our_functions | {stage.name for stage in self._variables}
        return TrainingLoop(
            self.module, self.quiet, lambda: self._exercises, self.wanted, self.equalities, self._facts, frozenset(ours)
        )

    @cached_property
    def earlier(self) -> dict[str, Slice]:
        """Of stages whose last line takes the value from autograd, what the lines above it make."""
        found = {}
        for stage in self._variables:
            cut = self.slices.get(stage.name)
            if cut and any(has_grad(s.node) for s in cut.main):
                above = [s for s in self.statements if s.number < cut.main[0].number]
                if main := self._main(stage, above):
                    found[stage.name] = trace(self.quiet, cut.variables, main, self._offered(stage))
        return found

    @cached_property
    def absent(self) -> dict[str, Absence]:
        """What is to be said of stages that are not there."""
        if not self.is_flat:
            return {}
        stages = [stage for stage in self.wanted.stages if stage.name not in {*self.slices, *self.function_names}]
        return {stage.name: absence for stage in stages if (absence := self._absence(stage))}

    def _absence(self, stage: WantedStage) -> Absence | None:
        if stage.only_function:
            found = self._callable(stage.name)
            return Absence("other-function", found.node.name, found.node.lineno) if found else None  # type: ignore[attr-defined]
        names = {stage.name, *stage.also}
        for s in self.statements:
            if s.binds & names and s.is_nothing and self._exercises[s.number] == stage.exercise:
                return Absence("blank", next(iter(s.binds & names)), s.node.lineno)
        known = {name for each in self.wanted.stages for name in (each.name, *each.also, *each.offered)}
        bound = sorted({name for s in self.statements for name in s.binds | s.changes} - known)
        close = get_close_matches(stage.name, bound, n=1, cutoff=0.85)
        if close:
            return Absence("similar", close[0], 0)
        return Absence("unbound", stage.also[0] if stage.also else stage.name, 0)

    def _callable(self, name: str) -> Statement | None:
        """The function of a name, if the name is one's at the end."""
        bound = [s for s in self.statements if name in s.binds]
        if not bound or not (bound[-1].is_callable or bound[-1].is_import or self._defines_stages):
            return None
        return bound[-1]

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
        return sorted(kept, key=lambda s: s.number)

    def _slice(self, stage: WantedStage) -> Slice | None:
        bound = [s for name in self._names_of(stage) for s in self._bound.get(name, ())]
        if not self._function_scopes and all(s.is_callable or s.is_import for s in bound):
            return None
        part = [s for s in self.statements if self._exercises[s.number] == stage.exercise]
        main = self._main(stage, part) or self._main_elsewhere(stage)
        if not main:
            return self._in_function(stage)
        if any(s.is_callable or s.is_import for s in main):
            return None
        if self._maker(main[0]) in self._names_of_function_scopes and (inside := self._in_function(stage)):
            return inside
        names = self._names_of(stage)
        variable = next(iter((main[0].binds | main[0].changes) & names))
        cut = trace(self.quiet, (variable,), main, self._offered(stage))
        return None if self._defines_stages and not cut.given else cut

    @cached_property
    def _bound(self) -> Mapping[str, Sequence[Statement]]:
        """The names that statements at top level bind or change, with those that do."""
        bound: dict[str, list[Statement]] = {}
        for s in self.statements:
            for name in s.binds | s.changes | s.rebinds:
                bound.setdefault(name, []).append(s)
        return bound

    @cached_property
    def _defines_stages(self) -> bool:
        """Whether there are stages that are functions: a value that is made of nothing given may be one as well."""
        return any(s.is_definition and s.binds & self._facts.stages for s in self.statements)

    def _main(self, stage: WantedStage, statements: Sequence[Statement]) -> list[Statement]:
        return last_binding(statements, self._names_of(stage), self._facts.stages)

    def _main_elsewhere(self, stage: WantedStage) -> list[Statement]:
        """A variable that only one exercise has, in a part where something else is looked for."""
        others = {name for each in self._variables if each != stage for name in (each.name, *each.also)}
        training = self.wanted.training
        barred = {-1, training.exercise} if training else {-1}
        part = [s for s in self.statements if self._exercises[s.number] not in barred]
        main = last_binding(part, self._names_of(stage) - others, self._facts.stages)
        return [] if any(has_grad(s.node) for s in main) else main

    def _in_function(self, stage: WantedStage) -> Slice | None:
        """A variable that is made inside a function in which the whole way back is written."""
        training = self.wanted.training
        for place, s in enumerate(self.statements if self._function_scopes else ()):
            if not isinstance(s.node, (*FUNCTIONS, ast.ClassDef)) or (
                training and self._exercises[place] == training.exercise
            ):
                continue
            scope = self._function_scopes.get(s.number)
            if scope is None:
                continue
            if main := last_binding(scope.statements, self._names_of(stage), self._facts.stages):
                variable = next(iter((main[0].binds | main[0].changes) & self._names_of(stage)))
                if self._owner(scope, variable, main, stage) is stage:
                    return trace(scope, (variable,), main, self._offered(stage))
        return None

    def _owner(self, scope: Scope, variable: str, main: Sequence[Statement], found: WantedStage) -> WantedStage:
        """Of several exercises with a variable of that name, the stage of the one whose gradients it is made from."""
        sharing = [each for each in self._variables if variable in self._names_of(each)]
        if len(sharing) < 2:
            return found
        gradients = {each: each for stage in self._variables for each in stage.gradients}
        offered = Offered({each: each for each in self.wanted.known} | gradients, {})
        read = set(trace(scope, (variable,), main, offered).given) & gradients.keys() - {variable}
        fitting = [each for each in sharing if (bool(read & {*each.gradients}) if each.gradients else not read)]
        return [*fitting, *sharing][0]

    @property
    def _names_of_function_scopes(self) -> set[str]:
        return {name for number in self._function_scopes for name in self.statements[number].binds}

    def _maker(self, s: Statement) -> str:
        """The function that gave what a statement binds, or what it takes that from."""
        if name := _called(s.node):
            return name
        holder = _taken_from(getattr(s.node, "value", None))
        if isinstance(holder, ast.Name):
            made = last_binding(self.statements[: s.number], {holder.id})
            return _called(made[0].node) if made else ""
        return ""

    @cached_property
    def _function_scopes(self) -> dict[int, Scope]:
        """The bodies of functions that bind several stages, by the number of their statement."""
        scopes: dict[int, Scope] = {}
        for s in () if self._defines_stages else self.statements:
            for function in self._functions_in(s.node):
                if self._may_bind_stages(function):
                    scope = of_function(function, self._facts, self.quiet, len(self.statements), self.statements)
                    if len({name for each in scope.statements for name in each.binds} & self._facts.stages) > 1:
                        scopes[s.number] = scope
        return scopes

    def _functions_in(self, node: ast.stmt) -> Iterator[Function]:
        """A function, or the methods of a class as functions, with a variable for each gradient that they keep."""
        if isinstance(node, FUNCTIONS) and node.name not in self.wanted.names:
            found: Iterable[Function] = [copy.copy(node)]
        elif isinstance(node, ast.ClassDef):
            found = methods(node, self.statements, {*self._facts.stages, *self.wanted.known})
        else:
            found = []
        for function in found:
            function.body = with_variables(function.body, self._kept_as)
            yield function

    def _may_bind_stages(self, node: ast.AST) -> bool:
        """Whether several stages are named where something is bound, which is quickly seen."""
        return len({each for part in nodes_of(node) for each in bound_by(part)} & self._facts.stages) > 1

    def _names_of(self, stage: WantedStage) -> frozenset[str]:
        """What the variable of a stage may be called."""
        own = (name for name, tensor in self.equalities.renamed.items() if tensor == stage.tensor)
        gradients = (each for name in own for each in self.wanted.gradients_of(name))
        return frozenset({stage.name, *stage.also, *gradients})

    def _offered(self, stage: WantedStage) -> Offered:
        return Offered(self._by_own_name(stage.offered, self._names_of(stage)), {})

    def _by_own_name(self, offered: Iterable[str], barred: frozenset[str]) -> Mapping[str, str]:
        """What is given, also by the names that the set-up says are the same."""
        names = {name: name for name in offered}
        for own, name in self.equalities.names.items():
            gradient, _ = self.wanted.gradients_of(name)
            pairs = [(own, name), *((each, gradient) for each in self.wanted.gradients_of(own))]
            names |= {mine: theirs for mine, theirs in pairs if theirs in names and mine not in barred}
        return names

    @cached_property
    def _exercises(self) -> list[int]:
        """The exercise that each statement belongs to."""
        return parts(self.source, self.module, self._parsed, self.wanted)


def _asks_only_for(node: ast.stmt, offered: Iterable[str]) -> bool:
    """Whether a function takes nothing, unless by default, but what is offered."""
    if not isinstance(node, FUNCTIONS):
        return True
    given = node.args
    positional = [*given.posonlyargs, *given.args]
    required = positional[: len(positional) - len(given.defaults)]
    required += [arg for arg, default in zip(given.kwonlyargs, given.kw_defaults, strict=True) if default is None]
    return {arg.arg for arg in required} <= set(offered)


def _called(node: ast.stmt) -> str:
    """The function whose value a statement binds, or a part of it."""
    call = _taken_from(node.value) if isinstance(node, ast.Assign) else None
    return call.func.id if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) else ""


def _taken_from(value: ast.AST | None) -> ast.AST | None:
    """What something is an item or an attribute of."""
    while isinstance(value, (ast.Subscript, ast.Attribute)):
        value = value.value
    return value


def _asks(node: ast.stmt) -> bool:
    """Whether a function takes anything at all."""
    given = node.args if isinstance(node, FUNCTIONS) else None
    return given is None or bool(given.args or given.posonlyargs or given.kwonlyargs or given.kwarg)


def _chunks(source: Source) -> Iterator[tuple[int, str]]:
    if not source.cells:
        yield 1, source.text
        return
    lines = source.text.split("\n")
    for start, end in zip(source.cells, [*source.cells[1:], len(lines) + 1], strict=True):
        yield start, "\n".join(lines[start - 1 : end - 1])
