"""In the student's process: run the sources of a submission and find the functions that are its stages."""

import ast
import linecache
import sys
import traceback
import types
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from dataclasses import replace
from difflib import get_close_matches
from functools import cached_property, partial
from typing import Any

from grader.border import Edit, Fault, Found, Loaded, SourceFault
from grader.sandbox.border.messages import ABOVE, Wanted
from grader.sandbox.theirs.dataflow.slices import Slice
from grader.sandbox.theirs.dataflow.statement import Statement
from grader.sandbox.theirs.definitions import (
    DEFINITIONS,
    arguments_of,
    as_written,
    asked_for,
    first_line_of,
    functions_of,
    kept_in,
    methods_of,
    names_bound_at_top,
    names_bound_in,
    names_read_in,
    taking,
)
from grader.sandbox.theirs.faults import fault_of, not_importable
from grader.sandbox.theirs.neighbours import Neighbours, stem
from grader.sandbox.theirs.source.edits import edits, scope_of
from grader.sandbox.theirs.source.imports import PACKAGE, Files, is_absent
from grader.sandbox.theirs.source.outline import Outline
from grader.sandbox.theirs.source.stub import is_stub, only_raises
from grader.sandbox.theirs.source.watched import SHOW, Show, Watched
from grader.sandbox.theirs.statements import (
    NOTEBOOK,
    Function,
    Inert,
    SliceFailure,
    compiled,
    function_of,
    future_flags,
    run_statements,
    text_of,
    update_of,
)

FAILURES = 20
"""How many failing statements of a file are told of."""
STATEMENT_SHARE = 0.4
"""One statement at top level may take so much of the processor time there is for loading it."""


class Program:
    """The sources of one submission, run in this process."""

    def __init__(self, outlines: Sequence[Outline], files: Files, wanted: Wanted, statement_seconds: float) -> None:
        self._outlines = {outline.source.name: outline for outline in outlines}
        self._sources = {outline.source.name: outline.source for outline in outlines}
        self._neighbours = Neighbours(self._outlines, files)
        self._wanted = wanted
        self._statement_seconds = statement_seconds
        self._namespaces: dict[str, dict[str, Any]] = {}
        self._faults: list[SourceFault] = []
        self._not_imported: dict[tuple[str, str], ImportError] = {}
        """By source and name, why an import did not bind it."""

    def load(self) -> Loaded:
        """Run every source; what fails is noted, and the rest goes on."""
        for name, source in self._sources.items():
            linecache.cache[name] = (len(source.text), None, source.text.splitlines(keepends=True), name)
        sys.meta_path.append(self._neighbours)
        sys.modules["grader"] = _inert_grader()
        for outline in self._outlines.values():
            self._run(outline)
        functions = {stage: found for stage in self._wanted.names if (found := self._defined_first(stage))}
        absent = {
            stage: (name, absence)
            for name, outline in self._outlines.items()
            for stage, absence in outline.absent.items()
            if stage not in functions
        }
        return Loaded(functions, tuple(self._faults), absent)

    @property
    def names(self) -> list[str]:
        """Of the sources."""
        return list(self._sources)

    def function(self, source: str, name: str) -> Callable[..., Any]:
        value = self._namespaces[source][name]
        nodes = self._definitions(source, name)
        node = nodes[-1] if nodes else None
        if not isinstance(node, ast.FunctionDef) or not node.decorator_list:
            return value  # type: ignore[no-any-return]
        stage = next((each for each in self._wanted.stages if each.name == name), None)
        if stage is None or name in self._wanted.called or name in self._outlines[source].slices:
            return value  # type: ignore[no-any-return]
        return as_written(value, node, stage.offered)  # type: ignore[no-any-return]

    def _definitions(self, source: str, name: str) -> Sequence[ast.FunctionDef | ast.ClassDef]:
        """The functions and classes of that name in a source, in order."""
        return self._defined_in[source].get(name, ())

    @cached_property
    def _defined_in(self) -> dict[str, dict[str, list[ast.FunctionDef | ast.ClassDef]]]:
        found: dict[str, dict[str, list[ast.FunctionDef | ast.ClassDef]]] = {name: {} for name in self._outlines}
        for source, outline in self._outlines.items():
            for statement in outline.runs:
                if isinstance(statement.node, DEFINITIONS):
                    found[source].setdefault(statement.node.name, []).append(statement.node)
        return found

    def is_stub(self, name: str) -> bool:
        """Whether a function, or a method of a class, of that name is as it was given out."""
        return any(is_stub(node) for outline in self._outlines.values() for node in functions_of(outline, name))

    def raised_in_stub(self, error: BaseException) -> bool:
        """Whether an exception was raised by a function that is as it was given out."""
        frames = [frame for frame in traceback.walk_tb(error.__traceback__)]
        code = frames[-1][0].f_code if frames else None
        outline = self._outlines.get(code.co_filename) if code else None
        nodes = (node for s in outline.runs for node in ast.walk(s.node)) if outline else ()
        return any(
            isinstance(node, ast.FunctionDef) and first_line_of(node) == code.co_firstlineno and is_stub(node)  # type: ignore[union-attr]
            for node in nodes
        )

    def edited(
        self, source: str, name: str, given: dict[str, Any], after: Sequence[int] = ()
    ) -> Generator[tuple[Edit, Callable[[], Function]], None, None]:
        """Each edit of the lines of a stage, and what makes the function that answers it with that edit.

        Of lines at top level the last come first, and those of other stages are left as they are.

        Args:
            source: the file.
            name: of the function, or of the variable at top level.
            given: what it will be called with, by name.
            after: numbers of edits that are made before.
        """
        outline = self._outlines[source]
        if cut := outline.slices.get(name):
            lines = [statement.node for statement in reversed(cut.statements) if not statement.is_definition]
            own = {id(statement.node) for statement in self._own_lines(cut, outline)}
            nodes = [node for node in lines if id(node) in own]
            for edit in edits(nodes, scope_of(lines, given), after):
                yield edit, partial(function_of, cut, source)
            return
        node = next((s.node for s in reversed(outline.runs) if getattr(s.node, "name", "") == name), None)
        if isinstance(node, ast.FunctionDef):
            function = taking(node, given.keys() - self._namespaces[source].keys())
            for edit in edits(function.body, scope_of(function.body, given), after):
                yield edit, partial(self._defined, function, source)

    def _own_lines(self, cut: Slice, outline: Outline) -> Sequence[Statement]:
        """The lines of a stage at top level that no other stage above it has, if there are any."""
        others = [each for each in outline.slices.values() if each is not cut and each.statements]
        above = [each for each in others if each.statements[-1] in cut.statements[:-1]]
        theirs = {id(statement) for each in above for statement in each.statements}
        return [each for each in cut.statements if id(each) not in theirs] or cut.statements

    def edited_definition(
        self, source: str, name: str, after: Sequence[int] = ()
    ) -> Generator[tuple[Edit, Callable[[], Any]], None, None]:
        """Each edit of a function, or of a method as `Class.method`, and what makes the function or class with it."""
        owner, _, method = name.partition(".")
        outline = self._outlines[source]
        nodes = self._definitions(source, owner)
        function = next((each for each in functions_of(outline, owner) if each.name == (method or owner)), None)
        if function:
            node = nodes[-1]
            given = dict.fromkeys(arguments_of(function))
            for edit in edits(function.body, scope_of(function.body, given, kept_in(node)), after):
                yield edit, partial(self._bound_by, node, source)

    def shown(self, source: str, watched: Watched, show: Show) -> dict[str, Any]:
        """The namespace of a source, with every value shown that its functions and classes work out."""
        namespace = {**self._namespaces[source], SHOW: show}
        for statement in self._outlines[source].runs:
            node = statement.node
            if isinstance(node, DEFINITIONS) and node.name in namespace:
                namespace[node.name] = self._bound_by(watched.definition(node), source, namespace)
        return namespace

    def shown_stage(self, source: str, name: str, given: dict[str, Any], watched: Watched, show: Show) -> Function:
        """What answers a stage when it is called with what is given, with every value shown that its lines work out."""
        if cut := self._outlines[source].slices.get(name):
            return function_of(cut, source, watched.statement, {SHOW: show})
        namespace = self.shown(source, watched, show)
        nodes = self._definitions(source, name)
        if not nodes or not isinstance(nodes[-1], ast.FunctionDef):
            return namespace[name]  # type: ignore[no-any-return]
        function = taking(nodes[-1], given.keys() - namespace.keys())
        return self._defined(watched.definition(function), source, namespace)

    def _bound_by(
        self, node: ast.FunctionDef | ast.ClassDef, source: str, namespace: dict[str, Any] | None = None
    ) -> Any:
        """What a definition binds as it stands in its tree now; by default in a namespace of its own."""
        namespace = dict(self._namespaces[source]) if namespace is None else namespace
        exec(compiled(node, source, future_flags(self._outlines[source].body)), namespace)
        return namespace[node.name]

    def _defined(self, node: ast.FunctionDef, source: str, namespace: dict[str, Any] | None = None) -> Function:
        """A function of the submission as it stands in its tree now; what it does not ask for is left out."""
        function, names = self._bound_by(node, source, namespace), arguments_of(node)

        def stage(**given: Any) -> Any:
            return function(**(given if node.args.kwarg else {name: given[name] for name in names & given.keys()}))

        return stage

    def fault(self, error: BaseException) -> Fault:
        """The fault an exception of the student's code amounts to."""
        if not isinstance(error, SliceFailure):
            fault = fault_of(error, self._sources)
            cause = self._failed_import(error, fault)
            return replace(fault, message=cause) if cause else fault
        fault = fault_of(error.error, self._sources)
        source = self._sources[error.source]
        lines = [line for name, line in fault.through if name == source.name]
        place = source.where(lines[-1] if lines else error.node.lineno)
        told, anywhere = (self._told(error, fault.message, each) for each in (f" ({place})", ""))
        return replace(fault, message=told, anywhere=anywhere)

    def _failed_import(self, error: BaseException, fault: Fault) -> str:
        """What to do about what could not be imported, if that is what an exception comes from."""
        if isinstance(error, NameError) and error.name and fault.through:
            source, _ = fault.through[-1]
            failed = self._not_imported.get((source, error.name))
            if failed is None:
                absent = self._absent_with_all_it_has(source)
                return f"`{error.name}` is not there: {not_importable(absent)}" if absent else ""
            said = self._failed_import(failed, fault) or f"{fault_of(failed, {}).message}."
            return f"`{error.name}` is not there: {said}"
        if isinstance(error, ModuleNotFoundError) and error.name:
            return not_importable(error.name.removeprefix(f"{PACKAGE}.").partition(".")[0])
        return ""

    def _absent_with_all_it_has(self, source: str) -> str:
        """A library that a file imports everything from, and that is not there."""
        body = self._outlines[source].body
        stars = [node.module or "" for node in body if isinstance(node, ast.ImportFrom) and node.names[0].name == "*"]
        tops = (module.partition(".")[0] for module in stars)
        return next((top for top in tops if top not in (PACKAGE, "") and is_absent(top)), "")

    def _told(self, failure: SliceFailure, message: str, place: str) -> str:
        """What failed in a slice, and where."""
        if isinstance(failure.error, NameError) and failure.error.name:
            known = get_close_matches(failure.error.name, self._wanted.known, n=1, cutoff=0.6)
            close = f" Did you mean `{known[0]}`?" if known else ""
            message = f"`{failure.error.name}` is neither given nor assigned before it is used.{close}"
            return f"{message}{place}"
        needed = f"; this line was to make `{failure.made}`, which the stage needs." if failure.made else ""
        return f"{message}{place}{needed}"

    def _module(self, name: str) -> types.ModuleType:
        module = types.ModuleType(stem(name))
        module.__file__ = name
        self._neighbours.register(module, name)
        return module

    def _run(self, outline: Outline) -> None:
        name = outline.source.name
        module = self._module(name)
        self._namespaces[name] = module.__dict__
        faults = [*self._run_flat(outline, module)] if outline.is_flat else [*self._run_functions(outline, module)]
        cells = outline.source.cells
        unparsed = [
            SourceFault(name, self._unparsed(error), names_bound_in(text), () if cells else names_bound_at_top(text))
            for error, text in outline.broken
        ]
        self._faults += [*unparsed, *faults][:FAILURES]

    def _run_functions(self, outline: Outline, module: types.ModuleType) -> Iterator[SourceFault]:
        return self._run_statements(outline, outline.runs, module, as_cells=bool(outline.source.cells))

    def _run_statements(
        self, outline: Outline, statements: Sequence[Statement], module: types.ModuleType, *, as_cells: bool = True
    ) -> Iterator[SourceFault]:
        wanted = self._wanted.names if as_cells else None
        if as_cells:
            module.__dict__.update(NOTEBOOK)
        nodes = [statement.node for statement in statements]
        names = {statement.node: tuple(sorted(statement.binds | statement.changes)) for statement in statements}
        failures = run_statements(nodes, outline.source.name, module.__dict__, self._statement_seconds, wanted)
        for number, (node, failure) in enumerate(failures):
            if isinstance(failure, ImportError) and isinstance(node, (ast.Import, ast.ImportFrom)):
                self._not_imported |= {(outline.source.name, name): failure for name in names[node]}
            if number >= FAILURES:
                continue
            fault = self.fault(failure)
            told = "" if isinstance(failure, SyntaxError) or not as_cells else f" ({outline.source.where(node.lineno)})"
            fault = replace(fault, message=fault.message + told, anywhere=fault.anywhere or fault.message)
            yield SourceFault(outline.source.name, fault, names[node])

    def _run_flat(self, outline: Outline, module: types.ModuleType) -> Iterator[SourceFault]:
        """Of the slices, nothing is run yet: each becomes a function of what is given to it."""
        yield from self._run_statements(outline, outline.functions, module)
        cuts = {**outline.slices, **{f"{name}{ABOVE}": cut for name, cut in outline.earlier.items()}}
        for name, cut in cuts.items():
            try:
                module.__dict__[name] = self._function(cut, outline.source.name)
            except BaseException as error:
                yield SourceFault(outline.source.name, self.fault(error), (name,))

    def _function(self, cut: Slice, source: str) -> Function:
        training = self._wanted.training
        if training and cut.outcome == "text":
            return text_of(cut, source, training.vocabulary[0][0])
        if training and cut.outcome == "update":
            return update_of(cut, source, training.gradients)
        return function_of(cut, source)

    def _unparsed(self, error: BaseException) -> Fault:
        if isinstance(error, (MemoryError, RecursionError)):
            return Fault("error", "SyntaxError", "The code is nested too deeply for Python to read it.")
        return self.fault(error)

    def _defined_first(self, stage: str) -> tuple[Found, ...]:
        """Where it is found; a file that imports it from another of them counts only where none defines it."""
        found = tuple(self._found(stage))
        return tuple(each for each in found if each.first_line) or found

    def _found(self, stage: str) -> Iterable[Found]:
        for name, namespace in self._namespaces.items():
            if stage not in namespace:
                continue
            outline = self._outlines[name]
            if cut := outline.slices.get(stage):
                above = outline.earlier.get(stage)
                own_names = {own: other for own, other in cut.own_names.items() if own in outline.equalities.renamed}
                yield replace(_flat(name, cut), above=_flat(name, above) if above else None, own_names=own_names)
                continue
            nodes = self._definitions(name, stage)
            first, last = (first_line_of(nodes[-1]), nodes[-1].end_lineno or 0) if nodes else (0, 0)
            parameters, required, takes_all = asked_for(self.function(name, stage))
            read = names_read_in(nodes[-1]) if nodes else set(parameters)
            yield Found(
                name,
                parameters,
                required,
                takes_all,
                first,
                last,
                max(1, len(nodes)),
                stub=bool(nodes) and (is_stub if stage in self._wanted.called else only_raises)(nodes[-1]),
                reads=tuple(each for each in parameters if each in read),
                stubs=tuple(method.name for method in methods_of(nodes) if is_stub(method)),
                places={method.name: (first_line_of(method), method.end_lineno or 0) for method in methods_of(nodes)},
            )


def _flat(source: str, cut: Slice) -> Found:
    lines = [statement.node for statement in cut.main]
    first, last = min(node.lineno for node in lines), max(node.end_lineno or 0 for node in lines)
    places = {name: place for name in cut.variables if (place := _lines_of(name, cut))}
    return Found(source, cut.given, (), False, first, last, reads=cut.given, flat=True, places=places)


def _lines_of(variable: str, cut: Slice) -> tuple[int, int] | None:
    """The first and last line of the statements that make one of several variables."""
    nodes = [s.node for s in cut.main if variable in s.binds | s.changes]
    return (nodes[0].lineno, max(node.end_lineno or 0 for node in nodes)) if nodes and len(cut.variables) > 1 else None


def _inert_grader() -> types.ModuleType:
    """What `import grader` gives in a submission: comparing there is a self-check, and decides nothing here."""
    module = types.ModuleType("grader")
    module.__dict__["__getattr__"] = Inert().__getattr__
    return module
