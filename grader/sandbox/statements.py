"""In the student's process: run statements one by one, so that one that fails does not lose the others."""

import __future__

import ast
import builtins
import signal
import types
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, nullcontext
from typing import Any

from grader.sandbox.outline import Slice

Function = Callable[..., Any]


class Inert:
    """Stands in for a library that is not here: importing it costs nothing, and its results come to nothing."""

    def __getattr__(self, name: str) -> "Inert":
        if name.startswith("__"):
            raise AttributeError(name)
        return self

    def __call__(self, *arguments: Any, **keywords: Any) -> "Inert":
        return self


NOTEBOOK = {"get_ipython": Inert(), "display": Inert()}
"""What a notebook has of itself."""


class StillComputing(Exception):
    """A statement of a notebook took too long."""


def run_statements(
    body: Sequence[ast.stmt], name: str, namespace: dict[str, Any], seconds: float | None = None
) -> Iterable[tuple[ast.stmt, BaseException]]:
    """Run statement by statement; one that fails is reported and the next one runs.

    Args:
        body: the statements.
        name: of the file.
        namespace: where they run.
        seconds: in a notebook, what each may take; and an import that fails gives something inert there.
    """
    flags = future_flags(body)
    for node in body:
        try:
            code = compiled(node, name, flags)
            with _limited(seconds) if seconds else nullcontext():
                _execute(node, code, namespace, forgiving=bool(seconds))
        except BaseException as error:
            yield node, error


def compiled(node: ast.stmt, name: str, flags: int) -> types.CodeType:
    code = builtins.compile(ast.Module([node], []), name, "exec", flags=flags, dont_inherit=True)
    assert isinstance(code, types.CodeType)
    return code


def _execute(node: ast.stmt, code: types.CodeType, namespace: dict[str, Any], *, forgiving: bool) -> None:
    try:
        exec(code, namespace)
    except ImportError:
        if not forgiving or not isinstance(node, (ast.Import, ast.ImportFrom)):
            raise
        for alias in node.names:
            namespace[alias.asname or alias.name.partition(".")[0]] = Inert()


@contextmanager
def _limited(seconds: float) -> Iterator[None]:
    """At most so much processor time, where the system can say so."""
    if not hasattr(signal, "setitimer"):
        yield
        return

    def stop(*_: Any) -> None:
        raise StillComputing(f"Still computing after {seconds:g} s; is this training? It need not run to be graded.")

    before = signal.signal(signal.SIGPROF, stop)
    signal.setitimer(signal.ITIMER_PROF, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)


def function_of(cut: Slice, name: str) -> Callable[..., Any]:
    """A slice as a function of what it takes from outside."""
    flags = future_flags([statement.node for statement in cut.statements])
    steps = [(statement.node, compiled(statement.node, name, flags)) for statement in cut.statements]

    def stage(**given: Any) -> Any:
        namespace = NOTEBOOK | {"__name__": "__main__"} | given
        for node, code in steps:
            _execute(node, code, namespace, forgiving=True)
        return namespace[cut.variable]

    return stage


def future_flags(body: Iterable[ast.stmt]) -> int:
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
