"""In the student's process: run the sources of a submission and find the functions that are its stages."""

import __future__

import ast
import builtins
import importlib.abc
import importlib.util
import inspect
import linecache
import os
import sys
import traceback
import types
from collections.abc import Callable, Iterable, Sequence
from importlib.machinery import ModuleSpec
from typing import Any

from grader.answer import Fault, Found, Loaded, Source, SourceFault

MESSAGE_CAP = 2_000
TRACEBACK_CAP = 8_000
FRAMES = 12
FAILURES = 20
"""How many failing statements of a file are told of."""
MEMORY_SIGNS = ("can't allocate memory", "Cannot allocate memory", "not enough memory")


class Program:
    """The sources of one submission, run in this process."""

    def __init__(self, sources: Sequence[Source], wanted: Iterable[str]) -> None:
        self._sources = {source.name: source.text for source in sources}
        self._wanted = tuple(wanted)
        self._namespaces: dict[str, dict[str, Any]] = {}
        self._faults: list[SourceFault] = []
        self._definitions: dict[str, dict[str, list[ast.FunctionDef]]] = {}

    def load(self) -> Loaded:
        """Run every source; what fails is noted, and the rest goes on."""
        for name, text in self._sources.items():
            linecache.cache[name] = (len(text), None, text.splitlines(keepends=True), name)
        sys.meta_path.append(_Neighbours(self._sources))
        sys.modules["grader"] = _inert_grader()
        for name in self._sources:
            self._run(name)
        functions = {stage: found for stage in self._wanted if (found := tuple(self._found(stage)))}
        return Loaded(functions, tuple(self._faults))

    def function(self, source: str, name: str) -> Callable[..., Any]:
        return self._namespaces[source][name]  # type: ignore[no-any-return]

    def fault(self, error: BaseException) -> Fault:
        """The fault an exception of the student's code amounts to."""
        return fault_of(error, self._sources)

    def _run(self, name: str) -> None:
        module = _module(name)
        self._namespaces[name] = module.__dict__
        try:
            body = ast.parse(self._sources[name], name).body
        except (MemoryError, RecursionError):
            deep = Fault("error", "SyntaxError", "The source is nested too deeply to be parsed.")
            self._faults.append(SourceFault(name, deep))
            return
        except BaseException as error:
            self._faults.append(SourceFault(name, self.fault(error)))
            return
        self._definitions[name] = _definitions(body, self._wanted)
        for count, failure in enumerate(run_statements(body, name, module.__dict__)):
            if count < FAILURES:
                self._faults.append(SourceFault(name, self.fault(failure)))

    def _found(self, stage: str) -> Iterable[Found]:
        for name, namespace in self._namespaces.items():
            if stage not in namespace:
                continue
            nodes = self._definitions.get(name, {}).get(stage, [])
            first, last = (_first_line(nodes[-1]), nodes[-1].end_lineno or 0) if nodes else (0, 0)
            parameters, required, takes_all = _asked(namespace[stage])
            yield Found(name, parameters, required, takes_all, first, last, max(1, len(nodes)))


class _Neighbours(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Lets the files of one submission import each other; asked last, so that none can stand in for a library."""

    def __init__(self, sources: dict[str, str]) -> None:
        self._sources = {_stem(name): (name, text) for name, text in sources.items()}

    def find_spec(self, fullname: str, path: Any, target: Any = None) -> ModuleSpec | None:
        return importlib.util.spec_from_loader(fullname, self) if fullname in self._sources else None

    def exec_module(self, module: types.ModuleType) -> None:
        name, text = self._sources[module.__name__]
        for error in run_statements(ast.parse(text, name).body, name, module.__dict__):
            raise error


def run_statements(body: list[ast.stmt], name: str, namespace: dict[str, Any]) -> Iterable[BaseException]:
    """Run statement by statement; one that fails is reported and the next one runs."""
    flags = _future_flags(body)
    for node in body:
        try:
            code = builtins.compile(ast.Module([node], []), name, "exec", flags=flags, dont_inherit=True)
            exec(code, namespace)
        except BaseException as error:
            yield error


def fault_of(error: BaseException, sources: Iterable[str]) -> Fault:
    """The fault an exception amounts to, with the traceback cut down to the student's own lines."""
    kind = _clean(type(error).__name__)[:100]
    message = _text(error)
    if isinstance(error, MemoryError) or any(sign in message for sign in MEMORY_SIGNS):
        return Fault("timeout", "MemoryLimit", "It asked for more memory than a stage may use.", _trace(error, sources))
    if isinstance(error, SystemExit):
        message = "The code called sys.exit() (or quit()). A stage has to return its gradient instead."
        return Fault("error", kind, message, _trace(error, sources))
    if isinstance(error, SyntaxError):
        return Fault("error", kind, _clean(f"{error.msg} (line {error.lineno})"), _syntax_trace(error))
    return Fault("error", kind, message or kind, _trace(error, sources))


def stub_raised(error: BaseException, sources: Iterable[str]) -> bool:
    """Whether this is the `raise NotImplementedError` of a stub, and not one from inside a library."""
    frames = traceback.extract_tb(error.__traceback__)
    return type(error) is NotImplementedError and bool(frames) and frames[-1].filename in set(sources)


def _text(error: BaseException) -> str:
    try:
        return _clean(str(error)[:MESSAGE_CAP])
    except BaseException:
        return ""


def _clean(text: str) -> str:
    """Text that can be encoded: half characters written out."""
    return text.encode("utf-8", "backslashreplace").decode("utf-8")


def _trace(error: BaseException, sources: Iterable[str]) -> str:
    own = set(sources)
    try:
        frames = [frame for frame in traceback.extract_tb(error.__traceback__) if frame.filename in own]
        lines = traceback.format_list(traceback.StackSummary.from_list(frames[-FRAMES:]))
        return _clean("".join(lines).rstrip()[:TRACEBACK_CAP])
    except BaseException:
        return ""


def _syntax_trace(error: SyntaxError) -> str:
    return _clean("".join(traceback.format_exception_only(error)[:-1]).rstrip()[:TRACEBACK_CAP])


def _asked(function: Any) -> tuple[tuple[str, ...], tuple[str, ...], bool]:
    """Parameter names, those without a default, and whether it takes any keyword."""
    try:
        parameters = inspect.signature(function).parameters.values()
    except BaseException:
        return (), (), False
    named = [p for p in parameters if p.kind not in (p.VAR_POSITIONAL, p.VAR_KEYWORD)]
    required = tuple(p.name for p in named if p.default is p.empty)
    return tuple(p.name for p in named), required, any(p.kind is p.VAR_KEYWORD for p in parameters)


def _definitions(body: list[ast.stmt], wanted: Iterable[str]) -> dict[str, list[ast.FunctionDef]]:
    return {name: [node for node in body if isinstance(node, ast.FunctionDef) and node.name == name] for name in wanted}


def _first_line(node: ast.FunctionDef) -> int:
    return min([node.lineno, *(decorator.lineno for decorator in node.decorator_list)])


def _future_flags(body: list[ast.stmt]) -> int:
    names = [
        alias.name
        for node in body
        if isinstance(node, ast.ImportFrom) and node.module == "__future__"
        for alias in node.names
    ]
    features = [getattr(__future__, name) for name in names if name in __future__.all_feature_names]
    flags = 0
    for feature in features:
        flags |= feature.compiler_flag
    return flags


def _inert_grader() -> types.ModuleType:
    """What `import grader` gives in a hand-in: comparing there is a student's self-check, and decides nothing here."""
    module = types.ModuleType("grader")
    module.__dict__["compare_gradients"] = lambda *arguments, **keywords: None
    return module


def _module(name: str) -> types.ModuleType:
    module = types.ModuleType(_stem(name))
    module.__file__ = name
    sys.modules.setdefault(module.__name__, module)
    return module


def _stem(name: str) -> str:
    stem = os.path.splitext(os.path.basename(name))[0]
    return stem if stem != "__main__" else "main"
