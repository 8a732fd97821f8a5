"""In the student's process: run statements one by one, so that one that fails does not lose the others."""

import __future__

import ast
import builtins
import signal
import types
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import replace
from types import MappingProxyType
from typing import Any

from grader.sandbox.border.messages import STEP
from grader.sandbox.theirs.dataflow.slices import Slice
from grader.sandbox.theirs.dataflow.statement import Statement
from grader.sandbox.theirs.imaginary import with_powers_seen
from grader.sandbox.theirs.observe import Observer
from grader.sandbox.theirs.returned import Unmade
from grader.sandbox.theirs.source.vocabulary import PICTURES

Function = Callable[..., Any]


class Inert:
    """Stands in for a library that is not here: importing it costs nothing, and its results come to nothing.

    What it was called with can be gone through, as with a progress bar: `for row in tqdm(rows)`.
    """

    def __init__(self, given: Iterable[Any] = ()) -> None:
        self._given = given

    def __getattr__(self, name: str) -> "Inert":
        if name.startswith("__"):
            raise AttributeError(name)
        return self

    def __call__(self, *arguments: Any, **keywords: Any) -> "Inert":
        goes_through = arguments and isinstance(arguments[0], Iterable) and not isinstance(arguments[0], str)
        return Inert(arguments[0]) if goes_through else self

    def __iter__(self) -> Iterator[Any]:
        return iter(self._given)


NOTEBOOK = {"get_ipython": Inert(), "display": Inert()}
"""What a notebook has of itself."""


class StillComputing(Exception):
    """A statement at top level took too long."""


def run_statements(
    body: Sequence[ast.stmt],
    name: str,
    namespace: dict[str, Any],
    seconds: float | None = None,
    wanted: Collection[str] | None = None,
) -> Iterable[tuple[ast.stmt, BaseException]]:
    """Run statement by statement; one that fails is reported and the next one runs.

    Args:
        body: the statements.
        name: of the file.
        namespace: where they run.
        seconds: what each may take.
        wanted: in a notebook, an import that fails gives something inert, but for these names.
    """
    flags = future_flags(body)
    for node in body:
        try:
            code = compiled(node, name, flags)
            with _limited(seconds) if seconds else nullcontext():
                _execute(node, code, namespace, forgiving=wanted is not None, wanted=wanted or ())
        except BaseException as error:
            yield node, error


def compiled(node: ast.stmt, name: str, flags: int) -> types.CodeType:
    code = builtins.compile(ast.Module(with_powers_seen(node), []), name, "exec", flags=flags, dont_inherit=True)
    assert isinstance(code, types.CodeType)
    return code


def _execute(
    node: ast.stmt, code: types.CodeType, namespace: dict[str, Any], *, forgiving: bool, wanted: Collection[str] = ()
) -> None:
    try:
        exec(code, namespace)
    except ImportError:
        if not isinstance(node, (ast.Import, ast.ImportFrom)) or not (forgiving or _is_for_pictures(node)):
            raise
        names = [alias.asname or alias.name.partition(".")[0] for alias in node.names]
        if not set(names).isdisjoint(wanted):
            raise
        namespace |= {name: Inert() for name in names if not hasattr(builtins, name)}  # Python has `range` without six


def _is_for_pictures(node: ast.Import | ast.ImportFrom) -> bool:
    """Whether what is imported is about something else."""
    modules = [node.module or ""] if isinstance(node, ast.ImportFrom) else [alias.name for alias in node.names]
    return all(module.partition(".")[0] in PICTURES for module in modules)


@contextmanager
def _limited(seconds: float) -> Iterator[None]:
    """At most so much processor time, where the system can say so."""
    if not hasattr(signal, "setitimer"):
        yield
        return

    def stop(*_: Any) -> None:
        raise StillComputing(
            f"Stopped after {seconds:g} s of computing. If this is your training "
            "loop, leave it out: it need not run to be graded."
        )

    before = signal.signal(signal.SIGPROF, stop)
    signal.setitimer(signal.ITIMER_PROF, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)


class SliceFailure(Exception):
    """A statement of a slice failed; `error` says how, `node` where, and `made` the name that was to come from it."""

    def __init__(self, source: str, error: BaseException, node: ast.stmt, made: str = "") -> None:
        super().__init__(type(error).__name__)
        self.source, self.error, self.node, self.made = source, error, node, made


def function_of(
    cut: Slice,
    name: str,
    rewritten: Callable[[ast.stmt], ast.stmt] = lambda node: node,
    helpers: Mapping[str, Any] = MappingProxyType({}),
) -> Callable[..., Any]:
    """A slice as a function of what it takes from outside: it gives the value of its variable, or of each of them.

    Args:
        cut: the slice.
        name: of the file.
        rewritten: what is run in the place of each statement.
        helpers: what that takes besides, by name.
    """
    flags = future_flags([statement.node for statement in cut.statements])
    steps = [(statement, compiled(rewritten(statement.node), name, flags)) for statement in cut.statements]

    def stage(**given: Any) -> Any:
        own = {mine: given[other] for mine, other in cut.own_names.items() if other in given}
        run = _Run(name, cut, NOTEBOOK | {"__name__": "__main__", STEP: 0} | given | own | dict(helpers))
        for statement, code in steps:
            run.step(statement, code)
        values = [run.value(variable) for variable in cut.variables]
        return values[0] if cut.outcome == "value" else values

    return stage


def text_of(cut: Slice, name: str, vocabulary: str) -> Callable[..., str]:
    """A slice as a function that gives the text it draws, with its end.

    Args:
        cut: the slice.
        name: of the file.
        vocabulary: what the characters are given as, in the order of their numbers; the first one ends a text.
    """
    draw = function_of(replace(cut, outcome="value"), name)

    def stage(**given: Any) -> str:
        characters, drawn = given[vocabulary], draw(**given)
        if not isinstance(drawn, str):
            drawn = "".join(each if isinstance(each, str) else characters[int(each)] for each in drawn)
        return drawn if drawn.endswith(characters[0]) else drawn + characters[0]

    return stage


def update_of(cut: Slice, name: str, gradients: Mapping[str, str]) -> Callable[..., list[Any]]:
    """A slice as a function of `parameters` and `gradients`, lists in the same order, that gives the new parameters.

    Where it reads gradients of the submission, what is in `.grad` before it runs stands for those of autograd.

    Args:
        cut: the slice; its variables are the parameters.
        name: of the file.
        gradients: what the gradient of each parameter is called.
    """
    step = function_of(replace(cut, outcome="values"), name)
    gradients_elsewhere = set(cut.given).isdisjoint(gradients.values())

    def stage(**given: Any) -> list[Any]:
        parameters, taken = given.pop("parameters"), given.pop("gradients")
        for parameter, gradient in zip(parameters, taken, strict=True):
            parameter.grad = gradient.clone()
        if Observer.watching and not gradients_elsewhere:
            Observer.watching.mark_as_autograds(parameter.grad for parameter in parameters)
        given |= dict(zip(gradients.values(), taken, strict=True))
        given |= dict(zip(gradients, parameters, strict=True)) | dict(zip(cut.variables, parameters, strict=True))
        return step(**given)  # type: ignore[no-any-return]

    return stage


class _Run:
    """One run of a slice. What fails beside the variables themselves is told where it is missed."""

    def __init__(self, source: str, cut: Slice, namespace: dict[str, Any]) -> None:
        self._source, self._cut, self._namespace = source, cut, namespace
        self._failed: dict[str, SliceFailure] = {}

    def step(self, statement: Statement, code: types.CodeType) -> None:
        try:
            _execute(statement.node, code, self._namespace, forgiving=True)
        except BaseException as error:
            failure = self._failure(statement, error)
            names = statement.binds | statement.changes | statement.rebinds
            if self._cut.outcome == "value" and statement in self._cut.main:
                raise failure from error
            self._failed |= dict.fromkeys(names, failure)
        else:
            for name in statement.binds:
                self._failed.pop(name, None)

    def value(self, variable: str) -> Any:
        """What a variable has come to, or what stands for a value that there is not."""
        if failure := self._failed.get(variable):
            return Unmade(variable, failure)
        return self._namespace[variable] if variable in self._namespace else Unmade(variable)

    def _failure(self, statement: Statement, error: BaseException) -> SliceFailure:
        """A name that is not there is told by the line that was to make it, if that has failed."""
        name = error.name if isinstance(error, NameError) else None
        if earlier := self._failed.get(name or ""):
            return SliceFailure(self._source, earlier.error, earlier.node, earlier.made or str(name))
        return SliceFailure(self._source, error, statement.node)


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
