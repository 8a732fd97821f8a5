"""In the student's process: run one piece of code over and over with an edit each, for one value of it alone."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from typing import Any

import torch

from grader.border import CallLine
from grader.sandbox.border.messages import Calls
from grader.sandbox.theirs.called import run
from grader.sandbox.theirs.returned import ErrorBefore

Find = Callable[[str, str], Any]


class Lent:
    """What is given to every trial. A tensor that one of them changed is given anew to the next."""

    def __init__(self, plain: Mapping[str, Any], tensors: Mapping[str, torch.Tensor]) -> None:
        self._plain, self._tensors = plain, tensors
        self._lent = {name: tensor.clone() for name, tensor in tensors.items()}

    def given(self) -> dict[str, Any]:
        for name, tensor in self._lent.items():
            if tensor._version:
                self._lent[name] = self._tensors[name].clone()
        return {**self._plain, **self._lent}


class CallTrials:
    """The lines of a call script that one value comes of.

    A line that fails with an edit and does not without it ends the trial, and so does one that is still the reason why
    there is no value: such an edit puts nothing right.
    """

    def __init__(self, calls: Calls, find: Find, given: Mapping[str, Any], name: str) -> None:
        """
        Args:
            calls: all the lines.
            find: the function or class of that name in that source, as it was handed in.
            given: tensors, numbers and texts by name.
            name: whose value is asked for.
        """
        self._calls = replace(calls, lines=tuple(lines_behind(name, calls.lines)))
        self._find, self._given, self._name = find, given, name

    def value(self, find: Find, taking: Callable[[Any], Any]) -> Any:
        """What is taken of the value, with other functions or classes; what goes wrong with them is raised."""
        return run(self._calls, find, self._given, [self._name], taking, self._firm).taken[self._name]

    @cached_property
    def _firm(self) -> frozenset[CallLine]:
        made = run(self._calls, self._find, self._given, [self._name], lambda value: value)
        behind = made.errors.get(self._name)
        cause = behind.error if isinstance(behind, ErrorBefore) else behind
        survived = {line for line, error in made.failed.items() if error is not cause}
        return frozenset(self._calls.lines) - survived


def lines_behind(name: str, lines: Sequence[CallLine]) -> Iterator[CallLine]:
    """The lines up to the one that binds a name, but for those that share nothing with it that a line has bound."""
    last = max((place for place, line in enumerate(lines) if name in line.binds), default=len(lines) - 1)
    before = lines[: last + 1]
    bound = {each for line in before for each in line.binds}
    shared = [bound.intersection((*line.reads, *line.binds, *line.owners)) for line in before]
    reached = {name}
    while more := {each for names in shared if names & reached for each in names} - reached:
        reached |= more
    return (line for line, names in zip(before, shared, strict=True) if names & reached or not names)
