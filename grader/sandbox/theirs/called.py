"""In the student's process: run the lines of a call script with their functions and classes, each line by itself."""

import ast
import builtins
import inspect
import math
import time
from collections.abc import Callable, Container, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from types import CodeType, FunctionType, ModuleType
from typing import Any

import numpy as np
import torch

from grader.border import CallLine, Note, shared_by
from grader.sandbox.border.messages import Calls
from grader.sandbox.theirs.observe import unlogged
from grader.sandbox.theirs.returned import ErrorBefore, NotMade, ReturnedNone

LIBRARIES = {"np": np, "numpy": np, "torch": torch, "math": math}
VALUE = "__value__"
NO_OBJECTS = (type, ModuleType, FunctionType, torch.Tensor, np.ndarray)


@dataclass(frozen=True)
class Kept:
    """An array that an object holds, and a copy of it from before a line."""

    array: Any
    copy: Any


@dataclass(frozen=True)
class Left(Kept):
    """One that a line was to change, or to replace, and failed."""

    error: BaseException


@dataclass
class Made:
    """What the lines of a call script have bound: values, or errors in the place of them, and in how many seconds."""

    values: dict[str, Any] = field(default_factory=dict)
    errors: dict[str, BaseException] = field(default_factory=dict)
    seconds: dict[str, float] = field(default_factory=dict)
    taken: dict[str, Any] = field(default_factory=dict)
    """What was taken of the values that are asked for, or the error why not."""
    unfinished: dict[str, BaseException] = field(default_factory=dict)
    """Objects with a method that failed, with its error: what it was to leave in them is not there."""
    left: dict[int, Left] = field(default_factory=dict)
    """By identity, what a line that failed was to change: as long as it is as it was, nobody has made it."""
    changed: list[str] = field(default_factory=list)
    """What was given and changed in place, by any line."""
    failed: dict[CallLine, BaseException] = field(default_factory=dict)
    """The lines that failed, each with the error that is behind it."""

    lent: set[str] = field(default_factory=set)
    """What a line made of nothing but what is given, as a dictionary of parameters: a function may put more in it."""

    def kept(self, line: CallLine) -> list[Kept]:
        """What is held by the objects that a line reads, and by those that they hold."""
        objects = [v for name in line.reads if _is_object(v := self.values.get(name)) or name in self.lent]
        held = (each for thing in objects for each in _within(thing) if isinstance(each, (torch.Tensor, np.ndarray)))
        return [Kept(array, _copied(array)) for array in held]

    def fail(self, line: CallLine, error: BaseException, kept: Iterable[Kept]) -> None:
        """Note that a line failed, with the error that is behind it, and what its objects held before."""
        for each in kept:
            self.left.setdefault(id(each.array), Left(each.array, each.copy, error))
        if isinstance(error, AttributeError):
            error = self.behind(line.reads) or error
        self.failed[line] = error
        self.errors |= dict.fromkeys(line.binds, error)
        self.unfinished |= dict.fromkeys(self.values.keys() & set(line.owners), error)

    def behind(self, names: Iterable[str]) -> BaseException | None:
        """The error that left one of some objects unfinished."""
        return next((self.unfinished[name] for name in names if name in self.unfinished), None)

    def take(self, name: str, taking: Callable[[Any], Any]) -> None:
        """Take a value now, before another line can change it."""
        try:
            if name in self.errors:
                raise self.errors[name]
            if self.values.get(name) is None:
                raise NotMade(f"`{name}` is still None.")
            self.taken[name] = taking(self.values[name])
        except BaseException as error:
            self.taken[name] = error

    @property
    def notes(self) -> list[Note]:
        names = ", ".join(dict.fromkeys(self.changed))
        return [Note("in-place", f"It changes its input {names} in place. Work on a copy.")] if names else []


def run(
    calls: Calls,
    find: Callable[[str, str], Any],
    given: Mapping[str, Any],
    returns: Sequence[str],
    taking: Callable[[Any], Any],
    firm: Container[CallLine] = (),
) -> Made:
    """Run the lines one by one.

    Args:
        calls: the lines.
        find: the function or class of that name in that source.
        given: tensors, numbers and texts by name.
        returns: the names whose values are asked for.
        taking: what is done with each of those, once it is bound.
        firm: lines whose failure ends it all, and is raised; nothing is noted of what they change.
    """
    made = Made()
    for line in calls.lines:
        kept: list[Kept] = []
        noting = line not in firm
        start = time.perf_counter()
        try:
            kept = made.kept(line) if noting else []
            lent = _run(line, calls, find, given, made)
            made.changed += [n for n, v in lent.items() if noting and _differs(v, _copy(given[n], calls))]
        except BaseException as error:
            if not noting:
                raise
            made.fail(line, _blank(line, calls, made) or error, kept)
        took = time.perf_counter() - start
        made.seconds |= dict.fromkeys(line.binds, took / max(1, len(line.binds)))
        for name in set(line.binds).intersection(returns):
            made.take(name, taking)
        for name in given.keys() & set(line.binds):
            made.values[name] = _copy(given[name], calls)
            made.errors.pop(name, None)
    return made


def _run(
    line: CallLine, calls: Calls, find: Callable[[str, str], Any], given: Mapping[str, Any], made: Made
) -> dict[str, Any]:
    """Run a line; what was lent to it of what is given."""
    for name in line.reads:
        if name in made.errors:
            raise ErrorBefore(name, made.errors[name])
        if not any(name in known for known in (made.values, given, calls.homes, LIBRARIES, vars(builtins))):
            raise NotMade(f"It needs `{name}`, which is not there.")
    # An object may still hold what other methods have left in it; a list that a loop was to fill is of no use.
    if error := made.behind(n for n in line.reads if n not in line.owners and not _is_object(made.values.get(n))):
        raise error
    lent = {name: _copy(given[name], calls) for name in line.reads if name in given and name not in made.values}
    theirs = {name: find(calls.homes[name], name) for name in line.reads if name in calls.homes}
    namespace = {**LIBRARIES, **made.values, **lent, **theirs}
    work, bind = _compiled(line.source)
    with _sharing(calls, find, given):
        exec(work, namespace)
    if bind:
        if namespace[VALUE] is None and len(line.binds) > 1:
            raise ReturnedNone(line.reads)
        exec(bind, namespace)
    bound = {name: namespace[name] for name in line.binds if name in namespace}
    for value in bound.values():
        left = made.left.get(id(value))
        if left and not _differs(value, left.copy):
            raise left.error
    made.values |= bound
    made.lent = made.lent.difference(bound)
    if not theirs and made.values.keys().isdisjoint(line.reads):
        made.lent.update(bound)
    return lent


def _blank(line: CallLine, calls: Calls, made: Made) -> NotMade | None:
    """Of a line that works with what others have made, and failed: what is still None in it."""
    blank = [name for name in line.reads if name in made.values and made.values[name] is None]
    theirs = any(name in calls.homes for name in line.reads) or line.owners
    return NotMade(f"`{blank[0]}` is still None.") if blank and not theirs else None


@contextmanager
def _sharing(calls: Calls, find: Callable[[str, str], Any], given: Mapping[str, Any]) -> Iterator[None]:
    """What the submission's functions and classes find among the variables of their files, while a line runs."""
    shared = {name: _copy(given[name], calls) for name in shared_by(calls.lines) if name in given}
    files = [each for name, source in calls.homes.items() for each in _files_of(find(source, name))] if shared else []
    before = [(variables, {name: variables[name] for name in shared.keys() & variables.keys()}) for variables in files]
    try:
        for variables in files:
            variables.update(shared)
        yield
    finally:
        for variables, own in reversed(before):
            for name in shared:
                variables.pop(name, None)
            variables.update(own)


def _files_of(thing: Any) -> list[dict[str, Any]]:
    """The variables that a function, or the methods of a class, see as those of their file."""
    parts = [thing, *vars(thing).values()] if isinstance(thing, type) else [thing]
    functions = [inspect.unwrap(getattr(each, "__func__", each)) for each in parts]
    found = {id(each.__globals__): each.__globals__ for each in functions if isinstance(each, FunctionType)}
    return list(found.values())


@cache
def _compiled(source: str) -> tuple[CodeType, CodeType | None]:
    """What a line does, and how it binds the value that comes of that, if it is an assignment."""
    (node,) = ast.parse(source).body
    if not isinstance(node, ast.Assign):
        return compile(source, "<call script>", "exec"), None
    work = ast.Assign([ast.Name(VALUE, ast.Store())], node.value)
    bind = ast.Assign(node.targets, ast.Name(VALUE, ast.Load()))
    codes = [
        compile(ast.fix_missing_locations(ast.Module([each], [])), "<call script>", "exec") for each in (work, bind)
    ]
    return codes[0], codes[1]


def _copy(value: Any, calls: Calls) -> Any:
    """A value as a line is given it: what it does to it reaches no other line."""
    if not isinstance(value, torch.Tensor):
        return value
    with unlogged():
        return value.clone() if calls.arrays == "torch" else value.clone().numpy()


def _within(value: Any) -> Iterator[Any]:
    """A value, and all that it holds."""
    seen: dict[int, Any] = {}
    waiting = [value]
    while waiting:
        each = waiting.pop()
        if id(each) not in seen:
            seen[id(each)] = each
            waiting += _held(each)
    yield from seen.values()


def _held(value: Any) -> Iterable[Any]:
    if isinstance(value, (list, tuple)):
        return value
    if isinstance(value, dict):
        return value.values()
    return value.__dict__.values() if _is_object(value) else ()


def _is_object(value: Any) -> bool:
    """Whether it is an object of a class of the submission."""
    return hasattr(value, "__dict__") and not isinstance(value, NO_OBJECTS)


def _copied(array: Any) -> Any:
    return array.detach().clone() if isinstance(array, torch.Tensor) else np.array(array)  # a method may be theirs


def _differs(value: Any, before: Any) -> bool:
    if isinstance(value, torch.Tensor):
        return not torch.equal(value.nan_to_num(), before.nan_to_num())
    return isinstance(value, np.ndarray) and not np.array_equal(value, before, equal_nan=value.dtype.kind == "f")
